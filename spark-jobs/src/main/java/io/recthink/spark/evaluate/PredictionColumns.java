package io.recthink.spark.evaluate;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.exists;
import static org.apache.spark.sql.functions.from_json;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;

import io.recthink.InvalidInputException;
import io.recthink.spark.table.Readout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.IntegralType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Converts a table of predictions of any program to one schema. Accepted variants: numbers as text, {@code 0} and
 * {@code True} for booleans, missing optional columns. A value that cannot be read is never guessed: the column
 * {@value #PROBLEM} of the row names it.
 */
final class PredictionColumns {
    /** Column with the text of a CSV or JSON line that Spark could not parse. */
    static final String BROKEN_LINE = "_brokenLine";

    static final String PROBLEM = "problem";

    /** All columns of the result. */
    static final StructType SCHEMA = new StructType()
            .add("rowId", DataTypes.StringType)
            .add("system", DataTypes.StringType)
            .add("readout", DataTypes.StringType)
            .add("seed", DataTypes.LongType)
            .add("yhat", DataTypes.DoubleType)
            .add("failed", DataTypes.BooleanType)
            .add("probs", DataTypes.createArrayType(DataTypes.DoubleType))
            .add("tokensIn", DataTypes.IntegerType)
            .add("tokensOut", DataTypes.IntegerType)
            .add("ms", DataTypes.DoubleType)
            .add("trace", DataTypes.StringType)
            .add(PROBLEM, DataTypes.StringType);

    private static final String NUMBER = "^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$";
    private static final String NO_NUMBER = "^[+-]?(|nan|na|n/a|<na>|null|none|nil|inf|infinity)$";
    private static final String WHOLE = "^[+-]?[0-9]{1,37}([.]0*)?$";
    private static final String NOTHING = "nothing";
    private static final int SHOWN = 60;

    private final StructType found;
    private final String path;
    private final String name;
    private final String key;
    private final List<Column> problems = new ArrayList<>();

    private PredictionColumns(StructType found, String key, String path, String name) {
        this.found = found;
        this.key = key;
        this.path = path;
        this.name = name;
    }

    /**
     * The table with {@link #SCHEMA}. A row that is marked as failed, or has no finite number, gets {@code failed} true
     * and {@code yhat} null.
     *
     * @param key the setting that names the tables, for messages
     * @param path path of the table, for messages
     * @param name system of the rows when the table has no column {@code system}
     * @throws InvalidInputException when a required column is missing or a column has a type that cannot contain its
     *     values
     */
    static Dataset<Row> read(Dataset<Row> table, String key, String path, String name) {
        return table.select(new PredictionColumns(table.schema(), key, path, name).columns());
    }

    /** Whether the table lacks the column {@code system}, so that the file name names the system. */
    static boolean named(StructType found) {
        return !List.of(found.fieldNames()).contains("system");
    }

    private Column[] columns() {
        Column rowId = text("rowId").orElseThrow(() -> missing("rowId"));
        Numbers yhat = number("yhat").orElseThrow(() -> missing("yhat"));
        if (field(BROKEN_LINE).isPresent()) {
            problem(col(BROKEN_LINE).isNotNull(), "the line", col(BROKEN_LINE));
        }
        problem(rowId.isNull().or(rowId.equalTo("")), "rowId", lit(NOTHING));
        Column system = label("system", name);
        Column readout = label("readout", Readout.POINT.name());
        Column seed = seed();
        Column marked = failed();
        problem(not(marked).and(yhat.unreadable), "yhat", yhat.shown);
        Column failed = marked.or(yhat.finite.isNull());
        Column probs = probabilities();
        Column tokensIn = measured("tokensIn");
        Column tokensOut = measured("tokensOut");
        Column milliseconds = measured("ms");
        return new Column[] {
            rowId.as("rowId"),
            system.as("system"),
            readout.as("readout"),
            seed.as("seed"),
            when(not(failed), yhat.finite).as("yhat"),
            failed.as("failed"),
            probs.as("probs"),
            tokensIn.cast("int").as("tokensIn"),
            tokensOut.cast("int").as("tokensOut"),
            milliseconds.as("ms"),
            trace().as("trace"),
            coalesce(problems.toArray(Column[]::new)).as(PROBLEM)
        };
    }

    private InvalidInputException missing(String column) {
        return new InvalidInputException("%s: %s has no column %s; its columns are %s"
                .formatted(
                        key,
                        path,
                        column,
                        String.join(
                                ", ",
                                List.of(found.fieldNames()).stream()
                                        .filter(field -> !field.equals(BROKEN_LINE))
                                        .toList())));
    }

    private Optional<StructField> field(String column) {
        return List.of(found.fields()).stream()
                .filter(field -> field.name().equals(column))
                .findFirst();
    }

    /** A column with one value a row, as text without surrounding blanks. */
    private Optional<Column> text(String column) {
        return field(column).map(field -> {
            if (field.dataType() instanceof StructType
                    || field.dataType() instanceof ArrayType
                    || field.dataType() instanceof MapType) {
                throw new InvalidInputException("%s: %s has a column %s of type %s; it must contain one value per row"
                        .formatted(key, path, column, field.dataType().simpleString()));
            }
            return trim(named(column).cast("string"));
        });
    }

    /** The column {@code trace}; null when the column is missing or is not text. */
    private Column trace() {
        return field("trace")
                .filter(field -> field.dataType().equals(DataTypes.StringType))
                .map(field -> named("trace"))
                .orElse(lit(null).cast("string"));
    }

    private static Column named(String column) {
        return col("`" + column + "`");
    }

    /** A column of names; a table without the column has {@code otherwise} in every row. */
    private Column label(String column, String otherwise) {
        Column label = text(column).orElse(lit(otherwise));
        problem(label.isNull().or(label.equalTo("")), column, lit(NOTHING));
        return label;
    }

    private Column seed() {
        Optional<StructField> field = field("seed");
        if (field.isEmpty()) {
            return lit(0L);
        }
        if (field.get().dataType() instanceof IntegralType) {
            problem(named("seed").isNull(), "seed", lit(NOTHING));
            return named("seed").cast("bigint");
        }
        Column text = text("seed").orElseThrow();
        // Programs that store whole numbers as fractions write 7.0.
        Column whole =
                when(text.rlike(WHOLE), regexp_replace(text, "[.]0*$", "").cast("decimal(38,0)"));
        Column seed = when(whole.between(lit(Long.MIN_VALUE), lit(Long.MAX_VALUE)), whole.cast("bigint"));
        problem(seed.isNull(), "seed", coalesce(text, lit(NOTHING)));
        return seed;
    }

    /** The column {@code failed}; false where it has no value. */
    private Column failed() {
        Optional<StructField> field = field("failed");
        if (field.isEmpty()) {
            return lit(false);
        }
        if (field.get().dataType() instanceof BooleanType) {
            return coalesce(named("failed"), lit(false));
        }
        Column word = lower(text("failed").orElseThrow());
        Column yes = word.rlike("^(true|1([.]0*)?)$");
        Column no = word.rlike("^(false|0([.]0*)?)$").or(word.rlike(NO_NUMBER));
        problem(not(yes).and(not(no)), "failed", word);
        return coalesce(yes, lit(false));
    }

    /**
     * A column of numbers.
     *
     * @param finite the number; null when it is missing, not finite or not readable
     * @param unreadable whether the value is neither a number nor a word for a missing number
     * @param shown the value as text, for messages
     */
    private record Numbers(Column finite, Column unreadable, Column shown) {
        static Numbers of(Column column, DataType type) {
            Column shown = trim(column.cast("string"), " \""); // Spark reads JSON's NaN as a text in quotes
            if (type instanceof NumericType) {
                return new Numbers(finite(column.cast("double")), lit(false), shown);
            }
            Column number = shown.rlike(NUMBER);
            return new Numbers(
                    finite(when(number, shown.cast("double"))),
                    coalesce(not(number).and(not(lower(shown).rlike(NO_NUMBER))), lit(false)),
                    shown);
        }

        private static Column finite(Column number) {
            return when(abs(number).lt(lit(Double.POSITIVE_INFINITY)), number);
        }
    }

    private Optional<Numbers> number(String column) {
        return text(column)
                .map(text ->
                        Numbers.of(named(column), field(column).orElseThrow().dataType()));
    }

    /** A column of numbers; null in a table without the column. */
    private Column measured(String column) {
        return number(column)
                .map(number -> {
                    problem(number.unreadable, column, number.shown);
                    return number.finite;
                })
                .orElse(lit(null).cast("double"));
    }

    /** The column {@code probs}: an array of numbers, or the JSON text of an array. */
    private Column probabilities() {
        Optional<StructField> field = field("probs");
        DataType numbers = DataTypes.createArrayType(DataTypes.DoubleType);
        if (field.isEmpty()) {
            return lit(null).cast(numbers);
        }
        DataType type = field.get().dataType();
        Column probs = named("probs");
        if (type instanceof ArrayType array && array.elementType() instanceof NumericType) {
            return probs.cast(numbers);
        }
        if (type instanceof ArrayType array) {
            Column read = transform(probs, element -> Numbers.of(element, array.elementType()).finite);
            problem(exists(read, Column::isNull), "probs", probs.cast("string"));
            return read;
        }
        Column text = text("probs").orElseThrow();
        Column written = when(not(lower(text).rlike(NO_NUMBER)), text);
        Column read = from_json(written, numbers);
        problem(written.isNotNull().and(read.isNull()), "probs", text);
        return read;
    }

    private void problem(Column condition, String column, Column value) {
        problems.add(when(
                coalesce(condition, lit(false)),
                concat(
                        lit(column + " is "),
                        when(length(value).gt(SHOWN), concat(substring(value, 0, SHOWN), lit("...")))
                                .otherwise(value))));
    }
}
