package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.array_join;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.flatten;
import static org.apache.spark.sql.functions.from_json;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.config.Configuration.Columns;
import io.recthink.spark.JobSession;
import io.recthink.spark.table.Tables;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.sources.DataSourceRegister;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import scala.util.Properties;

/**
 * Reads a log into two tables of fixed columns. Values of JSON and CSV are read as text and cast here, so that one odd
 * value makes one unusable row and never changes the type of a column. Time without a zone is UTC (the session's zone is
 * set by {@link PrepareJob}).
 */
final class LogReader {
    private static final String UNPARSED = "_corrupt_record";
    private static final String LINE = "_line";
    private static final Set<String> OURS = Set.of(UNPARSED, LINE);
    private static final String CONTROL = "[\\x00-\\x1f\\x7f]";
    private static final UserDefinedFunction REPEATED_KEYS =
            udf((UDF1<String, Boolean>) JsonKeys::repeated, DataTypes.BooleanType);
    private static final String LAST_SECOND = "7258118400"; // 2200-01-01: what lies behind it counts milliseconds

    private static final long BYTES_PER_TASK = 32 << 20; // of a table whose source does not say how large it is

    private final SparkSession spark;
    private final Configuration.Source source;
    private final Optional<PublishedLayout> layout;
    private final Columns columns;
    private final String reviewsPath;
    private final String itemsPath;
    private final Period period;

    /** @param period the reviews that are read; items have no time */
    LogReader(SparkSession spark, Configuration configuration, Period period) {
        this.spark = spark;
        this.period = period;
        this.source = configuration.source();
        this.layout = PublishedLayout.of(source.format());
        this.columns = columns(source);
        String log = configuration.paths().resolve(configuration.paths().log());
        boolean ownLog = source.reviews().isEmpty();
        this.reviewsPath = ownLog ? log + "/reviews" : source.reviews();
        this.itemsPath = ownLog && source.items().isEmpty() ? log + "/items" : source.items();
    }

    /** What the columns of a log mean: as published, or as configured. */
    static Columns columns(Configuration.Source source) {
        return PublishedLayout.of(source.format()).map(PublishedLayout::columns).orElse(source.columns());
    }

    /** About how many bytes are read; what cannot be found counts nothing here and is refused by whoever reads it. */
    long bytes() {
        if (source.format() == Configuration.SourceFormat.TABLE) {
            int tasks = analysed("source.reviews", reviewsPath, () -> spark.table(reviewsPath)
                    .rdd()
                    .getNumPartitions());
            return tasks * BYTES_PER_TASK;
        }
        return JobSession.bytes(spark, reviewsPath) + (itemsPath.isEmpty() ? 0 : JobSession.bytes(spark, itemsPath));
    }

    /** Where the reviews are read from. */
    String reviewsPath() {
        return reviewsPath;
    }

    /** Where the items are read from; empty when there are none. */
    String itemsPath() {
        return itemsPath;
    }

    /**
     * One row a review: {@code userId, itemId, rating double, time timestamp, summary?, review?}, and for a row that cannot
     * be used the {@code reason} and the {@code record} as it was found, both null otherwise. Rows for which
     * {@code source.filter} does not hold and rows outside the period are not read, and where the source can skip them
     * not touched either; a row without a readable time lies in no period and is never skipped for its time.
     *
     * @throws InvalidInputException when the table or a mapped column is not there
     */
    Dataset<Row> reviews() {
        Dataset<Row> table = within(filtered(table("source.reviews", reviewsPath, PublishedLayout::reviews)));
        boolean lines = Arrays.asList(table.columns()).contains(LINE);
        Dataset<Row> mapped = table.select(
                col(UNPARSED),
                (lines ? col(LINE) : to_json(struct(fields(table)))).as("record"),
                (lines ? REPEATED_KEYS.apply(col(LINE)) : lit(false)).as("repeatedKeys"),
                text(table, "user", columns.user()).as("userId"),
                text(table, "item", columns.item()).as("itemId"),
                text(table, "rating", columns.rating()).as("ratingText"),
                text(table, "time", columns.time()).as("timeText"),
                timestamp(table).as("timestamp"),
                text(table, "summary", columns.summary()).as("summary"),
                text(table, "review", columns.review()).as("review"));
        Dataset<Row> typed = mapped.withColumn("rating", expr("try_cast(ratingText AS DOUBLE)"))
                .withColumn(
                        "seconds",
                        coalesce(
                                col("timestamp").cast("decimal(20,6)"),
                                expr("try_cast(timeText AS DECIMAL(20,6))"),
                                expr("try_cast(timeText AS TIMESTAMP)").cast("decimal(20,6)")))
                .where(col("seconds").isNull().or(period.containsSeconds(col("seconds"))));
        return typed.withColumn("reason", reason())
                .select(
                        col("userId"),
                        col("itemId"),
                        col("rating"),
                        when(col("reason").isNull(), expr("timestamp_micros(CAST(seconds * 1000000 AS BIGINT))"))
                                .as("time"),
                        col("summary"),
                        col("review"),
                        col("reason"),
                        when(col("reason").isNotNull(), coalesce(col(UNPARSED), col("record")))
                                .as("record"));
    }

    /**
     * One row an item that the log describes: {@code itemId, target} as in the examples table. Of several descriptions of
     * an item the greatest in the order of their columns counts, which prefers a title to none.
     */
    Dataset<Row> items() {
        if (itemsPath.isEmpty()) {
            StructType none =
                    new StructType().add("itemId", DataTypes.StringType).add("target", Tables.TARGET);
            return spark.createDataFrame(List.of(), none);
        }
        Dataset<Row> table = table("source.items", itemsPath, PublishedLayout::items);
        return table.select(
                        text(table, "itemId", columns.itemId()).as("itemId"),
                        struct(
                                        text(table, "title", columns.title()).as("title"),
                                        categories(table).as("categories"),
                                        text(table, "brand", columns.brand()).as("brand"),
                                        text(table, "price", columns.price()).as("price"),
                                        text(table, "description", columns.description())
                                                .as("description"))
                                .as("target"))
                .where(col("itemId").isNotNull())
                .groupBy("itemId")
                .agg(max("target").as("target"));
    }

    private Dataset<Row> filtered(Dataset<Row> table) {
        if (source.filter().isBlank()) {
            return table;
        }
        Column predicate = analysed("source.filter", source.filter(), () -> expr(source.filter()));
        return analysed(
                "source.filter",
                "'%s' over the columns %s".formatted(source.filter(), String.join(", ", names(table))),
                () -> table.where(predicate));
    }

    /** Leaves out what lies outside the period where the time column has a type that sources can compare. */
    private Dataset<Row> within(Dataset<Row> table) {
        if (period.isEverything()) {
            return table;
        }
        Column time = mapped(table, "time", columns.time());
        return period.contains(time, type(table, time))
                .map(inside -> table.where(inside.or(time.isNull())))
                .orElse(table);
    }

    private Column reason() {
        Column rating = col("rating");
        Column seconds = col("seconds");
        return when(col(UNPARSED).isNotNull(), "the row cannot be parsed")
                .when(col("repeatedKeys"), "a key occurs twice")
                .when(col("userId").isNull(), "user is missing")
                .when(col("itemId").isNull(), "item is missing")
                // One of them separates the parts of a row id: two rows could claim the same.
                .when(col("userId").rlike(CONTROL), "user holds a control character")
                .when(col("itemId").rlike(CONTROL), "item holds a control character")
                .when(col("ratingText").isNull(), "rating is missing")
                .when(rating.isNull(), "rating is not a number")
                .when(
                        rating.isNaN().or(rating.isin(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY)),
                        "rating is not finite")
                .when(rating.lt(source.minRating()).or(rating.gt(source.maxRating())), "rating is outside the scale")
                .when(col("timeText").isNull(), "time is missing")
                .when(seconds.isNull(), "time cannot be read")
                .when(seconds.lt(0), "time is before 1970")
                .when(seconds.geq(lit(LAST_SECOND).cast("decimal(20,6)")), "time is after 2199 (milliseconds?)");
    }

    /** @param published the schema of the table in a published layout */
    private Dataset<Row> table(String key, String path, Function<PublishedLayout, StructType> published) {
        Dataset<Row> table = analysed(key, path, () -> switch (source.format()) {
            case AMAZON_2014, AMAZON_2018, AMAZON_2023, YELP -> json(path, published.apply(layout.orElseThrow()));
            case MOVIELENS -> movieLens(path, published.apply(layout.orElseThrow()));
            case JSON -> json(path, inferred(path));
            case CSV ->
                csv().schema(csv().csv(path).schema().add(UNPARSED, DataTypes.StringType))
                        .csv(path);
            case PARQUET, ORC -> parsed(spark.read().format(formatName()).load(path));
            case AVRO -> avro(path);
            case TABLE -> parsed(spark.table(path));
        });
        if (names(table).length == 0) {
            throw new InvalidInputException(
                    "%s: %s holds no rows that can be read as %s".formatted(key, path, formatName()));
        }
        return table;
    }

    private Dataset<Row> avro(String path) {
        boolean there = ServiceLoader.load(DataSourceRegister.class).stream()
                .anyMatch(source -> source.get().shortName().equals(formatName()));
        if (!there) {
            String scala = Properties.versionNumberString().replaceFirst("\\.\\d+$", "");
            throw new InvalidInputException(
                    "source.format: avro needs Spark's module for it, which distributions leave out. Start with --packages org.apache.spark:spark-avro_%s:%s"
                            .formatted(scala, spark.version()));
        }
        return parsed(spark.read().format(formatName()).load(path));
    }

    private String formatName() {
        return source.format().name().toLowerCase(Locale.ROOT);
    }

    /** A table whose source has types of its own: every row of it can be parsed. */
    private static Dataset<Row> parsed(Dataset<Row> table) {
        return table.withColumn(UNPARSED, lit(null).cast("string"));
    }

    /**
     * JSON lines; also the looser lines of the 2014 metadata, which quote with apostrophes. They are read as text, so that
     * the quarantine gets them as they were found.
     */
    private Dataset<Row> json(String path, StructType schema) {
        Dataset<Row> lines = spark.read().text(path).where(trim(col("value")).notEqual(""));
        Map<String, String> options = Map.of(
                "mode", "PERMISSIVE",
                "columnNameOfCorruptRecord", UNPARSED,
                "allowBackslashEscapingAnyCharacter", "true");
        List<Column> read = new ArrayList<>(List.of(
                from_json(col("value"), schema.add(UNPARSED, DataTypes.StringType), options)
                        .as("_row"),
                col("value").as(LINE)));
        List<Column> columns = new ArrayList<>(List.of(col("_row." + UNPARSED), col(LINE)));
        List<String> partitions =
                Stream.of(lines.columns()).filter(name -> !name.equals("value")).toList();
        partitions.forEach(name -> read.add(lines.col(name)));
        Stream.of(schema.fieldNames())
                .filter(name -> partitions.stream().noneMatch(name::equalsIgnoreCase))
                .forEach(name -> columns.add(col("_row").getField(name).as(name)));
        partitions.forEach(name -> columns.add(col(name)));
        return lines.select(read.toArray(Column[]::new)).select(columns.toArray(Column[]::new));
    }

    /**
     * The fields of JSON lines. Of names that differ in case alone, which no query could tell apart, the one that the
     * mapping uses stays: a single row with another spelling must not hide a column from all the others.
     */
    private StructType inferred(String path) {
        StructType all = spark.read()
                .option("primitivesAsString", true)
                .option("columnNameOfCorruptRecord", UNPARSED)
                .option("allowBackslashEscapingAnyCharacter", true)
                .json(spark.read().textFile(path))
                .schema();
        Map<String, StructField> fields = new LinkedHashMap<>();
        for (StructField field : all.fields()) {
            if (!field.name().equals(UNPARSED)) {
                fields.merge(
                        field.name().toLowerCase(Locale.ROOT),
                        field,
                        (one, other) -> mapped().contains(other.name()) ? other : one);
            }
        }
        return new StructType(fields.values().toArray(StructField[]::new));
    }

    /** The .csv files of the later releases have a header, the .dat files of the earlier ones have none. */
    private Dataset<Row> movieLens(String path, StructType schema) {
        StructType parsed = schema.add(UNPARSED, DataTypes.StringType);
        return path.matches(".*\\.dat(\\.\\w+)?")
                ? spark.read()
                        .option("mode", "PERMISSIVE")
                        .option("columnNameOfCorruptRecord", UNPARSED)
                        .option("sep", "::")
                        .option("encoding", "ISO-8859-1")
                        .schema(parsed)
                        .csv(path)
                : csv().option("multiLine", false).schema(parsed).csv(path);
    }

    /** With a header; a quote inside a quoted field is doubled, and such a field may span lines. */
    private DataFrameReader csv() {
        return spark.read()
                .option("header", true)
                .option("mode", "PERMISSIVE")
                .option("columnNameOfCorruptRecord", UNPARSED)
                .option("escape", "\"")
                .option("multiLine", true);
    }

    /** A mapped column as text; blank is null. */
    private Column text(Dataset<Row> table, String name, String expression) {
        if (expression.isBlank()) {
            return lit(null).cast("string");
        }
        Column value = mapped(table, name, expression);
        Column text = type(table, value) instanceof ArrayType
                ? array_join(value.cast("array<string>"), " ")
                : value.cast("string");
        return when(trim(text).notEqual(""), text);
    }

    private Column timestamp(Dataset<Row> table) {
        Column time = mapped(table, "time", columns.time());
        DataType type = type(table, time);
        boolean isTime = type instanceof TimestampType || type instanceof TimestampNTZType || type instanceof DateType;
        return (isTime ? time : lit(null)).cast("timestamp");
    }

    private Column categories(Dataset<Row> table) {
        if (columns.categories().isBlank()) {
            return lit(null).cast("array<string>");
        }
        Column value = mapped(table, "categories", columns.categories());
        Column list = type(table, value) instanceof ArrayType outer
                ? (outer.elementType() instanceof ArrayType ? flatten(value) : value)
                : when(value.isNotNull(), array(value));
        return filter(
                array_distinct(list.cast("array<string>")), name -> trim(name).notEqual(""));
    }

    private String mapped() {
        return String.join(
                " ",
                columns.user(),
                columns.item(),
                columns.rating(),
                columns.time(),
                columns.summary(),
                columns.review(),
                columns.itemId(),
                columns.title(),
                columns.categories(),
                columns.brand(),
                columns.price(),
                columns.description(),
                source.filter());
    }

    private Column mapped(Dataset<Row> table, String name, String expression) {
        String key = "source.columns." + name;
        Column column = analysed(key, expression, () -> expr(expression));
        analysed(
                key,
                "'%s' over the columns %s".formatted(expression, String.join(", ", names(table))),
                () -> table.select(column));
        return column;
    }

    private static DataType type(Dataset<Row> table, Column column) {
        return table.select(column).schema().fields()[0].dataType();
    }

    private static Column[] fields(Dataset<Row> table) {
        return Arrays.stream(names(table))
                .map(name -> table.col("`" + name + "`"))
                .toArray(Column[]::new);
    }

    private static String[] names(Dataset<Row> table) {
        return Arrays.stream(table.columns())
                .filter(name -> !OURS.contains(name))
                .toArray(String[]::new);
    }

    /** Spark's analysis errors are checked exceptions that its Java signatures do not declare. */
    private static <T> T analysed(String key, String what, Supplier<T> analysis) {
        try {
            return analysis.get();
        } catch (Exception e) {
            if (e instanceof AnalysisException cause) {
                throw new InvalidInputException(
                        "%s: cannot read %s: %s".formatted(key, what, cause.getSimpleMessage()), cause);
            }
            throw e;
        }
    }
}
