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
 * A table of a log as {@code prepare} finds it. Besides the fields of the log, its rows may have these columns:
 *
 * <ul>
 *   <li>{@link #UNPARSED}, always present: the text of a row that cannot be parsed;
 *   <li>{@link #LINE}: the line from which the row was read;
 *   <li>{@link #LOST}: a line that a field of another row has swallowed;
 *   <li>{@link #SWALLOWER}: whether the row contains swallowed lines.
 * </ul>
 *
 * @param rows the table
 * @param key the setting that names the table, for messages
 * @param hint what a person should check when a column is missing; may be empty
 */
record FoundTable(Dataset<Row> rows, String key, String hint) {
    static final String UNPARSED = "_corrupt_record";
    static final String LINE = "_line";
    static final String LOST = "_lost";
    static final String SWALLOWER = "_swallower";
    private static final Set<String> OURS = Set.of(UNPARSED, LINE, LOST, SWALLOWER);
    private static final UserDefinedFunction REPEATED_KEYS =
            udf((UDF1<String, Boolean>) JsonKeys::repeated, DataTypes.BooleanType);

    /** Creates a table from a source that has its own types: every row can be parsed. */
    static FoundTable typed(Dataset<Row> rows, String key) {
        return new FoundTable(rows.withColumn(UNPARSED, lit(null).cast("string")), key, "");
    }

    /** Returns the fields of the log. */
    String[] names() {
        return Arrays.stream(rows.columns())
                .filter(name -> !OURS.contains(name))
                .toArray(String[]::new);
    }

    /**
     * Returns whether the rows are lines of JSON. In such a row, a value of a wrong type does not spoil the other
     * values.
     */
    boolean isOfLines() {
        return has(LINE);
    }

    /** Returns the name of a column, quoted for Spark expressions; the name may contain any character. */
    static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    /** Returns the same table with other rows. */
    FoundTable with(Dataset<Row> others) {
        return new FoundTable(others, key, hint);
    }

    /** Returns the row as it was found, as text. */
    Column record() {
        Column fields = to_json(struct(
                Arrays.stream(names()).map(name -> rows.col(quoted(name))).toArray(Column[]::new)));
        return coalesce(ours(LOST), col(UNPARSED), ours(LINE), fields);
    }

    /**
     * Returns the first reason why a row is unusable, independent of the column mapping; null for a row that was
     * parsed.
     */
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
