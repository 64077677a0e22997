package io.recthink.spark.simulate;

import io.recthink.config.Configuration;
import io.recthink.spark.Activity;
import io.recthink.spark.Job;
import io.recthink.spark.files.OutputFolders;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code simulate}: writes a log of simulated users to {@code paths.log}: {@code reviews/}, {@code items/},
 * {@code README.md} and, last, {@code simulation.json} with the parameters. Reads the section {@code simulate} and the
 * key {@code seed}. The same seed and parameters give the same log, however the work is split.
 */
public final class SimulateJob implements Job {
    private static final String NAME = "simulate";

    private static final StructType REVIEWS = new StructType()
            .add("user", DataTypes.StringType)
            .add("item", DataTypes.StringType)
            .add("rating", DataTypes.DoubleType)
            .add("time", DataTypes.LongType)
            .add("summary", DataTypes.StringType)
            .add("review", DataTypes.StringType);
    private static final StructType ITEMS = new StructType()
            .add("item", DataTypes.StringType)
            .add("title", DataTypes.StringType)
            .add("brand", DataTypes.StringType)
            .add("price", DataTypes.StringType)
            .add("categories", DataTypes.createArrayType(DataTypes.StringType));

    @Override
    public void execute(SparkSession spark, Configuration configuration) {
        Simulation simulation = new Simulation(configuration.seed(), configuration.get(SimulateSettings.class));
        String log = configuration.paths().resolve(configuration.paths().log());
        try (OutputFolders output = OutputFolders.take(spark.sparkContext().hadoopConfiguration(), "paths.log", log)) {
            Activity.begin(spark, NAME, "simulate: items");
            write(items(spark, simulation), simulation, log + "/items");
            Activity.begin(spark, NAME, "simulate: reviews");
            write(reviews(spark, simulation), simulation, log + "/reviews");
            simulation.write(spark, log);
            output.complete();
        }
        System.out.printf("simulated %s: %s%n", simulation.words(), log);
    }

    private static void write(Dataset<Row> table, Simulation simulation, String folder) {
        switch (simulation.settings().format()) {
            case JSON -> table.write().json(folder);
            case PARQUET -> table.write().parquet(folder);
        }
    }

    static Dataset<Row> items(SparkSession spark, Simulation simulation) {
        TaskWorld made = new TaskWorld(simulation);
        return spark.range(simulation.settings().items())
                .map((MapFunction<Long, Row>) number -> row(made.world().item(number.intValue())), Encoders.row(ITEMS));
    }

    static Dataset<Row> reviews(SparkSession spark, Simulation simulation) {
        TaskWorld made = new TaskWorld(simulation);
        return spark.range(simulation.settings().users())
                .flatMap(
                        (FlatMapFunction<Long, Row>) number -> made.reviews(number.intValue())
                                .map(SimulateJob::row)
                                .iterator(),
                        Encoders.row(REVIEWS));
    }

    private static Row row(World.Item item) {
        String[] categories =
                item.aspects().stream().map(ReviewLanguage::aspect).toArray(String[]::new);
        return RowFactory.create(item.id(), item.title(), item.brand(), item.price(), categories);
    }

    private static Row row(World.Review review) {
        return RowFactory.create(
                review.user(), review.item(), (double) review.stars(), review.time(), review.summary(), review.text());
    }
}
