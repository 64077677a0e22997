package io.recthink.teacher;

import io.recthink.prompt.Item;

/** How a judgement is put into words. No text contains a tag of the grammar, and none is blank. */
sealed interface TraceText permits TerseText, FullText {
    /** What the teacher reads of a target. */
    String facts(Item target);

    /** What the user likes and dislikes. */
    String user(Judgement judgement);

    /** What the target has. */
    String item(Judgement judgement, Item target);

    /** What speaks for and against the target. */
    String match(Judgement judgement);
}
