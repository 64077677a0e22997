package io.recthink.spark.teacher;

import io.recthink.model.ChatTemplate.Message;
import io.recthink.teacher.Purpose;
import io.recthink.teacher.TeacherRequest;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.Row;

/** What a recipe asks a teacher about each row of a table. */
public interface Asking extends Serializable {
    /** The purpose of all requests. */
    Purpose purpose();

    /** Whether the answers begin with a think block that belongs to the answer, not to the model's private reasoning. */
    boolean beginsWithThinking();

    /** Makes the writer of one task. */
    Writer open();

    /** Writes requests in one task. */
    interface Writer {
        /**
         * The request about a row.
         *
         * @param sample number of the answer to the same question, from 0
         */
        TeacherRequest request(Row row, int sample);

        /** The messages of a request, for a teacher that is a model. */
        List<Message> messages(TeacherRequest request);
    }
}
