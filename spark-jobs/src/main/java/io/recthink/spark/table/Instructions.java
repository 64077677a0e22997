package io.recthink.spark.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import io.recthink.InvalidInputException;
import io.recthink.spark.files.Digest;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The training data of a supervised run: a completion for each prompt. The rows have the columns
 *
 * <pre>
 * key         name of the row; rows with keys ROW:VARIANT and the same ROW are held out together
 * messages    the prompt: system, user and assistant messages, each with a role and a content
 * completion  the assistant's answer, without the end of its turn
 * weight      weight of each completion token in the loss, usually 1; rows of weight 0 are ignored
 * </pre>
 *
 * <p>Texts of users and shops in messages and completions are marked, see {@code InstructionEncoder}.
 *
 * @param rows in any order
 * @param name name of the table, for messages: {@code table of traces (paths.traces)}
 * @param sha256 SHA-256 of its content
 * @param teacher cost of the teacher models that wrote the table
 */
public record Instructions(Dataset<Row> rows, String name, String sha256, TeacherUsage teacher) {
    public static final String KEY = "key";
    public static final String MESSAGES = "messages";
    public static final String COMPLETION = "completion";
    public static final String WEIGHT = "weight";
    public static final String ROLE = "role";
    public static final String CONTENT = "content";

    /** The columns. */
    public static final StructType SCHEMA = new StructType()
            .add(KEY, DataTypes.StringType, false)
            .add(
                    MESSAGES,
                    DataTypes.createArrayType(
                            new StructType()
                                    .add(ROLE, DataTypes.StringType, false)
                                    .add(CONTENT, DataTypes.StringType, false),
                            false),
                    false)
            .add(COMPLETION, DataTypes.StringType, false)
            .add(WEIGHT, DataTypes.DoubleType, false);

    /**
     * A table of instructions; the column {@code weight} is optional.
     *
     * @throws InvalidInputException when another column is missing
     */
    public Instructions {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(sha256, "sha256");
        List<String> columns = Arrays.asList(rows.columns());
        for (String column : List.of(KEY, MESSAGES, COMPLETION)) {
            if (!columns.contains(column)) {
                throw new InvalidInputException(
                        "The %s has no column %s, but %s. Name its columns key, messages, completion and weight."
                                .formatted(name, column, String.join(", ", columns)));
            }
        }
    }

    /**
     * A table of instructions with the digest of its rows, independent of their order. The driver collects one hash a
     * row.
     *
     * @param teacher cost of the teacher models that wrote the table
     */
    public static Instructions of(Dataset<Row> rows, String name, TeacherUsage teacher) {
        Dataset<String> digests = rows.select(sha2(
                        to_json(struct(Arrays.stream(rows.columns())
                                .sorted()
                                .map(column -> col(column))
                                .toArray(Column[]::new))),
                        256))
                .as(Encoders.STRING());
        return new Instructions(
                rows,
                name,
                Digest.of("", digests.collectAsList().stream().sorted().toList()),
                teacher);
    }
}
