package io.recthink.spark.simulate;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.config.Paths;
import io.recthink.prompt.PromptSettings;
import io.recthink.spark.Activity;
import io.recthink.spark.Job;
import io.recthink.spark.files.ListedTable;
import io.recthink.spark.files.OutputFolders;
import io.recthink.spark.simulate.TastePosterior.Evidence;
import io.recthink.spark.table.PredictionNote;
import io.recthink.spark.table.PredictionRow;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.Readout;
import io.recthink.spark.table.Tables;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * {@code oracle}: writes the best possible predictions for the prepared examples of a simulated log, from the histories
 * in their prompts. Both systems know the rules of the simulation, and of a user only the history. {@value #SYSTEM}
 * also knows the aspects of the items in the history, from their categories. {@value #PROMPT} reads only the stars and
 * the reviews, like the prompt of the quickstart. {@code prepare} decides what a history contains; therefore this is
 * not part of {@code simulate}.
 *
 * <p>Reads {@code paths.log}, {@code paths.data} and {@code prompt.historyItems}. Writes {@code oracle} and
 * {@code oracle-prompt} into {@code paths.predictions}.
 */
public final class OracleJob implements Job {
    static final String SYSTEM = "oracle";
    static final String PROMPT = "oracle-prompt";

    private static final Map<String, String> NOTES = Map.of(
            SYSTEM,
            "oracle: the best possible from the histories with the categories of their items, which the prompt of the"
                    + " quickstart does not show.",
            PROMPT,
            "oracle-prompt: the best possible for a reader who sees of the history the stars and the reviews alone.");

    /** The probabilities of 1 to 5 stars, from a history and the aspects of the target. */
    private interface Posterior {
        double[] predict(List<Evidence> history, List<Integer> target);
    }

    @Override
    public void execute(SparkSession spark, Configuration configuration) {
        Paths paths = configuration.paths();
        Simulation simulation = Simulation.read(spark, paths.resolve(paths.log()));
        if (simulation.settings().drift().second().isPresent()) {
            throw new InvalidInputException(
                    "paths.log: the tastes of %s change at %s (simulate.drift), and the oracle assumes that they never do. Leave oracle out, or simulate a log without drift."
                            .formatted(
                                    paths.resolve(paths.log()),
                                    simulation.settings().drift().from()));
        }
        Dataset<Row> examples = PreparedData.examples(spark, paths.resolve(paths.data()));
        List<String> systems = List.of(SYSTEM, PROMPT);
        String folder = paths.resolve(paths.predictions()) + "/";
        org.apache.hadoop.conf.Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        Map<String, String> keys = new LinkedHashMap<>();
        systems.forEach(system -> keys.put(folder + system, "paths.predictions"));
        try (OutputFolders output = OutputFolders.take(hadoop, keys)) {
            for (String system : systems) {
                Activity.begin(spark, SYSTEM, system + ": predictions");
                ListedTable.write(
                        predict(
                                system,
                                examples,
                                simulation,
                                configuration.get(PromptSettings.class).historyItems()),
                        "paths.predictions",
                        folder + system);
                PredictionNote.write(folder + system, NOTES.get(system), hadoop);
            }
            output.complete();
        }
        systems.forEach(system -> System.out.println(system + ": " + folder + system));
    }

    static Dataset<Row> predict(String system, Dataset<Row> examples, Simulation simulation, int historyItems) {
        return examples.select("rowId", "itemId", "userHistory")
                .mapPartitions(
                        (MapPartitionsFunction<Row, Row>) rows -> predict(system, rows, simulation, historyItems),
                        Encoders.row(Tables.PREDICTIONS));
    }

    private static Iterator<Row> predict(String system, Iterator<Row> rows, Simulation simulation, int historyItems) {
        World world = simulation.world();
        Posterior posterior = system.equals(SYSTEM)
                ? new TastePosterior(simulation.settings())::predict
                : new PromptPosterior(simulation.settings())::predict;
        ReviewLanguage language = new ReviewLanguage();
        return stream(rows)
                .map(row -> {
                    List<Evidence> history = history(row.getList(2), historyItems, world, language);
                    double[] probabilities = posterior.predict(history, aspects(world, row.getString(1)));
                    return prediction(system, row.getString(0), probabilities);
                })
                .iterator();
    }

    private static List<Evidence> history(List<Row> reviews, int items, World world, ReviewLanguage language) {
        List<Evidence> history = new ArrayList<>();
        for (Row review : reviews.subList(Math.max(0, reviews.size() - items), reviews.size())) {
            String text = review.getAs("review");
            history.add(new Evidence(
                    aspects(world, review.getAs("itemId")),
                    (int) Math.round(review.<Double>getAs("rating")),
                    language.read(text == null ? "" : text)));
        }
        return history;
    }

    private static List<Integer> aspects(World world, String itemId) {
        int number = world.itemNumber(itemId)
                .orElseThrow(() -> new InvalidInputException(
                        "paths.data: the item %s is not in the simulated log; run `recthink prepare` on the log at paths.log"
                                .formatted(itemId)));
        return world.item(number).aspects();
    }

    private static Row prediction(String system, String rowId, double[] probabilities) {
        return new PredictionRow(
                        rowId,
                        system,
                        0,
                        Readout.MEDIAN,
                        TastePosterior.median(probabilities),
                        false,
                        probabilities,
                        1.0,
                        PredictionRow.Cost.NONE,
                        null)
                .row();
    }

    private static Stream<Row> stream(Iterator<Row> rows) {
        Iterable<Row> iterable = () -> rows;
        return StreamSupport.stream(iterable.spliterator(), false);
    }
}
