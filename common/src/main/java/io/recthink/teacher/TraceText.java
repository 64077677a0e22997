package io.recthink.teacher;

import io.recthink.prompt.Item;

/** Writes a judgement as text. No text contains a tag of the grammar, and no text is blank. */
sealed interface TraceText permits TerseText, FullText {
    /** The text about a target that the teacher reads. */
    String facts(Item target);

    /** The block about the user: the words that the user likes and dislikes. */
    String user(Judgement judgement);

    /** The block about the target: its facts. */
    String item(Judgement judgement, Item target);

    /** The block about the match: the reasons for and against the target. */
    String match(Judgement judgement);
}
