package io.recthink.spark.source;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.flatten;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.JobSession;
import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.files.OutputFolders;
import io.recthink.spark.table.Tables;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.sources.DataSourceRegister;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.util.Properties;

/**
 * Reads a log into two tables with fixed columns. Values of JSON and CSV are read as text and cast here. So an
 * unexpected value makes one row unusable and never changes the type of a column. Times without a zone are UTC, as in
 * the session of a job.
 */
public final class LogReader {
    private static final String CONTROL = "[\\x00-\\x1f\\x7f]";
    private static final UserDefinedFunction DAMAGED =
            udf((UDF1<String, Boolean>) text -> text != null && text.indexOf('\uFFFD') >= 0, DataTypes.BooleanType);
    private static final StructType NO_DESCRIPTIONS = new StructType()
            .add("itemId", DataTypes.StringType)
            .add("target", Tables.TARGET)
            .add("reason", DataTypes.StringType)
            .add("record", DataTypes.StringType);
    private static final long BYTES_PER_TASK = 32 << 20; // for a table whose source does not give its size

    /** Matches a number as people and Spark write it. Java would also read {@code 5d} and {@code 0x1p3}. */
    private static final String NUMBER =
            "^\\s*[+-]?((\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?|(?i:nan|inf|infinity))\\s*$";

    private final SparkSession spark;
    private final SourceSettings source;
    private final Optional<PublishedLayout> layout;
    private final ColumnSettings columns;
    private final String reviewsPath;
    private final String itemsPath;
    private final Period period;
    private final TimeColumn time;
    private final Consumer<String> notes;
    private FirstRead firstReviews;
    private FirstRead firstItems;

    /**
     * Creates a reader of the configured log.
     *
     * @param period the period of the reviews that are read; items have no time
     * @param notes receives messages for the user about how the log was read
     */
    public LogReader(SparkSession spark, Configuration configuration, Period period, Consumer<String> notes) {
        this.spark = spark;
        this.period = period;
        this.notes = notes;
        this.source = configuration.get(SourceSettings.class);
        this.layout = PublishedLayout.of(source);
        this.columns = columns(source);
        this.time = new TimeColumn(source);
        String log = configuration.paths().resolve(configuration.paths().log());
        boolean ownLog = source.reviews().isEmpty();
        if (ownLog) {
            OutputFolders.requireComplete(spark.sparkContext().hadoopConfiguration(), "paths.log", log);
        }
        this.reviewsPath = ownLog ? log + "/reviews" : source.reviews();
        this.itemsPath = ownLog && source.items().isEmpty() ? log + "/items" : source.items();
    }

    /** Returns the column mapping of a log: as published, or as configured. */
    public static ColumnSettings columns(SourceSettings source) {
        return PublishedLayout.of(source).map(PublishedLayout::columns).orElse(source.columns());
    }

    /**
     * Returns roughly how many bytes will be read. A path that cannot be found counts as 0; the code that reads it
     * refuses it.
     */
    public long bytes() {
        if (source.format() == SourceFormat.TABLE) {
            int tasks = table("source.reviews", reviewsPath).rows().rdd().getNumPartitions();
            return tasks * BYTES_PER_TASK;
        }
        return JobSession.bytes(spark, reviewsPath) + (itemsPath.isEmpty() ? 0 : JobSession.bytes(spark, itemsPath));
    }

    /** Returns the path or table name of the reviews. */
    public String reviewsPath() {
        return reviewsPath;
    }

    /** Returns the path or table name of the items; empty if there are none. */
    public String itemsPath() {
        return itemsPath;
    }

    /** Returns the lowest rating of the scale. */
    public double minRating() {
        return source.minRating();
    }

    /** Returns the highest rating of the scale. */
    public double maxRating() {
        return source.maxRating();
    }

    /**
     * Returns the names of the optional columns that the log has. Columns of items are included only if there are
     * items.
     */
    public List<String> optionalColumns() {
        Map<String, String> reviews = Map.of("summary", columns.summary(), "review", columns.review());
        Map<String, String> items = Map.of(
                "title", columns.title(),
                "categories", columns.categories(),
                "brand", columns.brand(),
                "price", columns.price(),
                "description", columns.description());
        return List.of("summary", "review", "title", "categories", "brand", "price", "description").stream()
                .filter(name -> !reviews.getOrDefault(name, itemsPath.isEmpty() ? "" : items.getOrDefault(name, ""))
                        .isBlank())
                .toList();
    }

    /**
     * Returns one row per review:
     * {@code userId, itemId, rating double, time timestamp, summary?, review?, reason, record}. For an unusable row,
     * {@code reason} names the reason and {@code record} is the row as it was found. Both are null for other rows.
     *
     * <p>Rows for which {@code source.filter} is not true and rows outside the period are not read. Where the source
     * can skip them, their data is not touched. A row without a readable time is in no period and is never skipped
     * because of its time.
     *
     * @throws InvalidInputException when the table or a mapped column does not exist
     */
    public Dataset<Row> reviews() {
        FoundTable table = within(filtered(found("source.reviews", reviewsPath, PublishedLayout::reviews)));
        Mapping user = required(table, "user", columns.user());
        Mapping item = required(table, "item", columns.item());
        Mapping stars = required(table, "rating", columns.rating());
        Mapping when = required(table, "time", columns.time());
        Optional<Mapping> summary = mapping(table, "summary", columns.summary());
        Optional<Mapping> review = mapping(table, "review", columns.review());
        firstReviews = new FirstRead(
                table, reviewsPath, source.filter(), all(List.of(user, item, stars, when), List.of(summary, review)));
        Column[] read = {
            table.defect().as("defect"),
            table.record().as("record"),
            user.identifier().as("userId"),
            item.identifier().as("itemId"),
            stars.text().as("ratingText"),
            when.text().as("timeText"),
            TimeColumn.timestamp(when).as("timestamp"),
            text(summary).as("summary"),
            text(review).as("review")
        };
        Dataset<Row> typed = table.rows()
                .select(read)
                .withColumn("rating", when(col("ratingText").rlike(NUMBER), expr("try_cast(ratingText AS DOUBLE)")))
                .withColumn("seconds", TimeColumn.seconds())
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
                        when(col("reason").isNotNull(), col("record")).as("record"));
    }

    private Column reason() {
        Column rating = col("rating");
        return when(col("defect").isNotNull(), col("defect"))
                .when(col("userId").isNull(), "user is missing")
                .when(col("itemId").isNull(), "item is missing")
                // A control character separates the parts of a row id: two rows could get the same id.
                .when(col("userId").rlike(CONTROL), "user holds a control character")
                .when(col("itemId").rlike(CONTROL), "item holds a control character")
                // A damaged character can make two different ids equal.
                .when(DAMAGED.apply(col("userId")), "user holds a damaged character")
                .when(DAMAGED.apply(col("itemId")), "item holds a damaged character")
                .when(col("ratingText").isNull(), "rating is missing")
                .when(rating.isNull(), Reason.NO_NUMBER)
                .when(
                        rating.isNaN().or(rating.isin(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY)),
                        "rating is not finite")
                .when(rating.lt(source.minRating()).or(rating.gt(source.maxRating())), Reason.OUTSIDE_SCALE)
                .otherwise(time.reason());
    }

    /**
     * Returns one row per item description: {@code itemId, target} as in the examples table, and {@code reason} and
     * {@code record} as in {@link #reviews}.
     */
    public Dataset<Row> descriptions() {
        if (itemsPath.isEmpty()) {
            return spark.createDataFrame(List.of(), NO_DESCRIPTIONS);
        }
        FoundTable table = found("source.items", itemsPath, PublishedLayout::items);
        Mapping item = required(table, "itemId", columns.itemId());
        Optional<Mapping> title = mapping(table, "title", columns.title());
        Optional<Mapping> categories = mapping(table, "categories", columns.categories());
        Optional<Mapping> brand = mapping(table, "brand", columns.brand());
        Optional<Mapping> price = mapping(table, "price", columns.price());
        Optional<Mapping> description = mapping(table, "description", columns.description());
        firstItems = new FirstRead(
                table, itemsPath, "", all(List.of(item), List.of(title, categories, brand, price, description)));
        Column[] read = {
            table.defect().as("defect"),
            table.record().as("record"),
            item.identifier().as("itemId"),
            struct(
                            text(title).as("title"),
                            categories(categories).as("categories"),
                            text(brand).as("brand"),
                            text(price).as("price"),
                            text(description).as("description"))
                    .as("target")
        };
        // The title stays useful where another field has an unexpected type.
        Column odd = lit(table.isOfLines())
                .and(col("defect").equalTo(Reason.UNPARSED))
                .and(col("itemId").isNotNull());
        Column reason = when(col("defect").isNotNull().and(not(odd)), col("defect"))
                .when(col("itemId").isNull(), "item is missing")
                .when(col("itemId").rlike(CONTROL), "item holds a control character")
                .when(DAMAGED.apply(col("itemId")), "item holds a damaged character");
        return table.rows()
                .select(read)
                .withColumn("reason", reason)
                .select(
                        col("itemId"),
                        col("target"),
                        col("reason"),
                        when(col("reason").isNotNull(), col("record")).as("record"));
    }

    /**
     * Returns one row per item: {@code itemId, target}. Of several descriptions of an item, the greatest in the order
     * of their columns is kept. This order prefers a description with a title to one without.
     *
     * @param descriptions as {@link #descriptions} returns them
     */
    public static Dataset<Row> items(Dataset<Row> descriptions) {
        return descriptions
                .where(col("reason").isNull())
                .groupBy("itemId")
                .agg(max("target").as("target"));
    }

    private FoundTable filtered(FoundTable table) {
        return source.filter().isBlank()
                ? table
                : table.with(table.rows().where(Mapping.predicate(table, "source.filter", source.filter())));
    }

    /** Removes the rows outside the period if the time column has a type that sources can compare. */
    private FoundTable within(FoundTable table) {
        if (period.isEverything()) {
            return table;
        }
        Mapping mapping = required(table, "time", columns.time());
        return period.contains(mapping.column(), mapping.type())
                .map(inside ->
                        table.with(table.rows().where(inside.or(mapping.column().isNull()))))
                .orElse(table);
    }

    /**
     * Runs the first reading of the table of {@link #reviews}.
     *
     * @throws InvalidInputException when a file of the table cannot be read or a mapping cannot be computed; the
     *     message names the table or the mapping
     */
    public <T> T firstReviews(Supplier<T> reading) {
        return firstReviews.of(reading);
    }

    /** Runs the first reading of the table of {@link #descriptions}. */
    public <T> T firstItems(Supplier<T> reading) {
        return firstItems == null ? reading.get() : firstItems.of(reading);
    }

    /** @param published the schema of the table in a published layout */
    private FoundTable found(String key, String given, Function<PublishedLayout, StructType> published) {
        String path = source.format() == SourceFormat.TABLE ? given : LiteralPath.unlessPattern(spark, given);
        FoundTable table = Analysis.of(key, given, () -> switch (source.format()) {
            case AMAZON_2014, AMAZON_2018, AMAZON_2023, YELP ->
                new JsonTables(spark, path, key).read(published.apply(layout.orElseThrow()));
            case MOVIELENS -> new MovieLensTables(spark, path, key).read(published.apply(layout.orElseThrow()));
            case JSON -> new JsonTables(spark, path, key).read(mapped());
            case CSV -> new CsvTables(spark, path, key, source.csv(), notes).read();
            case PARQUET, ORC ->
                FoundTable.typed(spark.read().format(formatName()).load(path), key);
            case AVRO -> avro(key, path);
            case TABLE -> table(key, path);
        });
        if (table.names().length == 0) {
            throw new InvalidInputException(
                    "%s: %s contains no rows that can be read as %s".formatted(key, given, formatName()));
        }
        return layout.map(known -> known.typed(table)).orElse(table);
    }

    private FoundTable avro(String key, String path) {
        boolean there = ServiceLoader.load(DataSourceRegister.class).stream()
                .anyMatch(source -> source.get().shortName().equals(formatName()));
        if (!there) {
            String scala = Properties.versionNumberString().replaceFirst("\\.\\d+$", "");
            throw new InvalidInputException(
                    ("source.format: avro needs Spark's Avro module, which Spark distributions do not contain. Start"
                                    + " with --packages org.apache.spark:spark-avro_%s:%s")
                            .formatted(scala, spark.version()));
        }
        return FoundTable.typed(spark.read().format(formatName()).load(path), key);
    }

    private FoundTable table(String key, String name) {
        return CatalogTables.read(spark, name, key);
    }

    private String formatName() {
        return source.format().name().toLowerCase(Locale.ROOT);
    }

    private static Optional<Mapping> mapping(FoundTable table, String name, String expression) {
        return Mapping.of(table, "source.columns." + name, expression);
    }

    private static Mapping required(FoundTable table, String name, String expression) {
        return mapping(table, name, expression).orElseThrow();
    }

    private static List<Mapping> all(List<Mapping> required, List<Optional<Mapping>> others) {
        return Stream.concat(required.stream(), others.stream().flatMap(Optional::stream))
                .toList();
    }

    private static Column text(Optional<Mapping> mapping) {
        return mapping.map(Mapping::text).orElse(lit(null).cast("string"));
    }

    private static Column categories(Optional<Mapping> mapping) {
        if (mapping.isEmpty()) {
            return lit(null).cast("array<string>");
        }
        Column value = mapping.get().column();
        Column list = mapping.get().type() instanceof ArrayType outer
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
}
