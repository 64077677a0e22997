package io.recthink.spark.source;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array_join;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;

import io.recthink.InvalidInputException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;

/**
 * The value that a setting reads from a table. The setting is the name of a column or a Spark SQL expression over the
 * columns. {@code constant(EXPRESSION)} gives a value that is the same in every row. Any other expression must read a
 * column. The reason: a name without a column, for example {@code user}, can be a Spark function and would give the
 * same value for every row.
 */
final class Mapping {
    private static final Pattern CONSTANT = Pattern.compile("\\s*constant\\s*\\((.*)\\)\\s*", Pattern.DOTALL);
    private static final Pattern TEXTS = Pattern.compile("'(?:[^'\\\\]|\\\\.|'')*'|\"(?:[^\"\\\\]|\\\\.)*\"");
    /** Matches a name that a column may have. It matches no function name and no type of a literal. */
    private static final Pattern NAMES =
            Pattern.compile("`([^`]+)`|([\\p{L}_][\\p{L}\\p{N}_]*)(?!\\s*[('\"]|[\\p{L}\\p{N}_])");

    private static final double EXACT = 1L << 53; // a double represents every whole number up to this value exactly

    private final FoundTable table;
    private final String key;
    private final String expression;
    private final Column column;
    private final DataType type;

    private Mapping(FoundTable table, String key, String expression, Column column) {
        this.table = table;
        this.key = key;
        this.expression = expression;
        this.column = column;
        this.type = Analysis.of(
                key,
                what(),
                () -> table.rows().select(column).schema().fields()[0].dataType());
    }

    /**
     * Creates the mapping of a setting.
     *
     * @param key the setting
     * @return empty if the setting is blank
     * @throws InvalidInputException when Spark cannot analyze the expression over the table, or when it reads no column
     */
    static Optional<Mapping> of(FoundTable table, String key, String expression) {
        if (expression.isBlank()) {
            return Optional.empty();
        }
        Mapping mapping = new Mapping(table, key, expression, column(table, key, expression));
        mapping.refuseWhatIsNoValueOfARow();
        return Optional.of(mapping);
    }

    private static Column column(FoundTable table, String key, String expression) {
        for (String name : table.names()) {
            if (name.equals(expression.strip())) {
                return table.rows().col(FoundTable.quoted(name));
            }
        }
        Column column = Analysis.of(key, expression, () -> expr(sql(expression)));
        if (!CONSTANT.matcher(expression).matches() && !readsAColumn(table, column, expression)) {
            throw new InvalidInputException(
                    ("%s: '%s' reads no column of %s%s. Name a column, or write constant(%s) if every row must have"
                                    + " the same value")
                            .formatted(key, expression, columns(table), hint(table), expression));
        }
        return column;
    }

    /**
     * Returns whether an expression reads a column. If Spark can resolve the expression without any column, one of its
     * names must be a column name.
     */
    private static boolean readsAColumn(FoundTable table, Column column, String expression) {
        Dataset<Row> nothing = table.rows().sparkSession().range(1).select(new Column[0]);
        if (!Analysis.succeeds(() -> nothing.select(column))) {
            return true;
        }
        Set<String> columns = Arrays.stream(table.names()).map(Mapping::folded).collect(Collectors.toSet());
        return NAMES.matcher(TEXTS.matcher(expression).replaceAll("''"))
                .results()
                .map(name -> folded(name.group(1) == null ? name.group(2) : name.group(1)))
                .anyMatch(columns::contains);
    }

    private static String folded(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /**
     * Refuses expressions without a value for each row: sums, windows and exploded lists can be selected, but have
     * none.
     */
    private void refuseWhatIsNoValueOfARow() {
        Analysis.of(key, what(), () -> table.rows().where(column.isNull()));
    }

    /** Returns whether the expression is more than the name of a column. */
    boolean isComputed() {
        return Stream.of(table.names()).noneMatch(expression.strip()::equalsIgnoreCase);
    }

    /** Returns the expression that Spark evaluates. */
    String sql() {
        return sql(expression);
    }

    private static String sql(String expression) {
        Matcher constant = CONSTANT.matcher(expression);
        return constant.matches() ? constant.group(1) : expression;
    }

    String key() {
        return key;
    }

    String expression() {
        return expression;
    }

    Column column() {
        return column;
    }

    DataType type() {
        return type;
    }

    /** Returns the value as text; blank text becomes null. */
    Column text() {
        Column text = type instanceof ArrayType ? array_join(column.cast("array<string>"), " ") : column.cast("string");
        return when(trim(text).notEqual(""), text);
    }

    /**
     * Returns the value as the text of an identifier. A whole number of any type is written without point and exponent.
     */
    Column identifier() {
        if (type instanceof DoubleType || type instanceof FloatType) {
            Column number = column.cast("double");
            Column whole = number.equalTo(floor(number)).and(abs(number).leq(lit(EXACT)));
            return when(whole, number.cast("bigint").cast("string")).otherwise(text());
        } else if (type instanceof DecimalType decimal && decimal.scale() > 0) {
            Column whole = column.cast(new DecimalType(DecimalType.MAX_PRECISION(), 0));
            return when(column.equalTo(whole), whole.cast("string")).otherwise(text());
        }
        return text();
    }

    private String what() {
        return "'%s' over the columns %s%s".formatted(expression, columns(table), hint(table));
    }

    /** Returns the columns of a table, for messages. */
    static String columns(FoundTable table) {
        return String.join(", ", table.names());
    }

    private static String hint(FoundTable table) {
        return table.hint().isEmpty() ? "" : " (" + table.hint() + ")";
    }

    /** Creates a predicate over the table. */
    static Column predicate(FoundTable table, String key, String expression) {
        Column predicate = column(table, key, expression);
        Analysis.of(key, "'%s' over the columns %s".formatted(expression, columns(table)), () -> table.rows()
                .where(predicate));
        return predicate;
    }
}
