package io.recthink.spark.source;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.udf;

import java.util.Arrays;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;

/**
 * A table of a log as it was found. Beside the fields of the log its rows may have columns of ours: {@link #UNPARSED},
 * always, the text of a row that cannot be parsed; {@link #LINE}, the line that a row was; {@link #LOST}, a line that a
 * field of another row has swallowed; {@link #SWALLOWER}, whether a row holds such lines.
 *
 * @param rows the table
 * @param key the setting that names it, for messages
 * @param hint what a person should look at when a column is not there; may be empty
 */
record FoundTable(Dataset<Row> rows, String key, String hint) {
    static final String UNPARSED = "_corrupt_record";
    static final String LINE = "_line";
    static final String LOST = "_lost";
    static final String SWALLOWER = "_swallower";
    private static final Set<String> OURS = Set.of(UNPARSED, LINE, LOST, SWALLOWER);
    private static final UserDefinedFunction REPEATED_KEYS =
            udf((UDF1<String, Boolean>) JsonKeys::repeated, DataTypes.BooleanType);

    /** A table whose source has types of its own: every row of it can be parsed. */
    static FoundTable typed(Dataset<Row> rows, String key) {
        return new FoundTable(rows.withColumn(UNPARSED, lit(null).cast("string")), key, "");
    }

    /** The fields of the log. */
    String[] names() {
        return Arrays.stream(rows.columns())
                .filter(name -> !OURS.contains(name))
                .toArray(String[]::new);
    }

    /** Whether its rows are lines of JSON, of which one value of another type spoils no other. */
    boolean isOfLines() {
        return has(LINE);
    }

    /** A name of a column as Spark's expressions take it, whatever characters it has. */
    static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    /** The same with other rows. */
    FoundTable with(Dataset<Row> others) {
        return new FoundTable(others, key, hint);
    }

    /** The row as it was found, as text. */
    Column record() {
        Column fields = to_json(struct(
                Arrays.stream(names()).map(name -> rows.col(quoted(name))).toArray(Column[]::new)));
        return coalesce(ours(LOST), col(UNPARSED), ours(LINE), fields);
    }

    /** Why a row cannot be used whatever its columns mean, the first reason that holds; null for a row that was read. */
    Column defect() {
        Column repeated = has(LINE) ? REPEATED_KEYS.apply(col(LINE)) : lit(false);
        return org.apache
                .spark
                .sql
                .functions
                .when(ours(LOST).isNotNull(), Reason.SWALLOWED)
                .when(col(UNPARSED).isNotNull(), Reason.UNPARSED)
                .when(has(SWALLOWER) ? col(SWALLOWER) : lit(false), Reason.SWALLOWER)
                .when(repeated, Reason.REPEATED_KEY);
    }

    private Column ours(String name) {
        return has(name) ? col(name) : lit(null).cast("string");
    }

    private boolean has(String name) {
        return Arrays.asList(rows.columns()).contains(name);
    }
}
