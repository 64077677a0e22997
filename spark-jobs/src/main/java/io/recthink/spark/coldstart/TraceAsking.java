package io.recthink.spark.coldstart;

import io.recthink.model.ChatTemplate.Message;
import io.recthink.prompt.PromptSettings;
import io.recthink.prompt.ThinkMode;
import io.recthink.spark.table.Examples;
import io.recthink.spark.teacher.Asking;
import io.recthink.teacher.Purpose;
import io.recthink.teacher.TeacherRequest;
import io.recthink.teacher.TracePrompt;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.spark.sql.Row;

/**
 * Asks for a trace or a rationale of each example. The rows have the columns of examples; the column {@code truth} is
 * read only for a purpose that may see it.
 *
 * @param purpose a purpose of RecOne
 * @param prompt the prompt of the student
 * @param min the lowest rating of the scale
 * @param max the highest rating of the scale
 */
record TraceAsking(Purpose purpose, PromptSettings prompt, double min, double max) implements Asking {
    @Override
    public boolean beginsWithThinking() {
        return prompt.think() == ThinkMode.FREE;
    }

    @Override
    public Writer open() {
        TracePrompt messages = new TracePrompt(prompt, min, max);
        return new Writer() {
            @Override
            public TeacherRequest request(Row row, int sample) {
                OptionalDouble truth =
                        purpose.seesTruth() ? OptionalDouble.of(row.<Double>getAs("truth")) : OptionalDouble.empty();
                return new TeacherRequest(purpose, row.getAs("rowId"), sample, Examples.input(row), truth);
            }

            @Override
            public List<Message> messages(TeacherRequest request) {
                return messages.messages(request);
            }
        };
    }
}
