package io.recthink.spark.simulate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.recthink.InvalidInputException;
import io.recthink.spark.files.TextFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * The parameters of a simulated log, stored in {@code simulation.json} beside the log. The file is written last: a log
 * without it is incomplete.
 *
 * @param seed the seed of the world
 * @param settings the parameters of the world
 */
record Simulation(long seed, SimulateSettings settings) implements Serializable {
    private static final String FILE = "simulation.json";
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    World world() {
        return new World(seed, settings);
    }

    static Simulation read(SparkSession spark, String log) {
        Path file = new Path(log, FILE);
        try (InputStream in =
                file.getFileSystem(spark.sparkContext().hadoopConfiguration()).open(file)) {
            return JSON.readValue(in, Simulation.class);
        } catch (FileNotFoundException e) {
            throw new InvalidInputException(
                    "paths.log: %s contains no simulated log (no %s); the oracle knows simulated users only, run `recthink simulate` first"
                            .formatted(log, FILE),
                    e);
        } catch (IOException e) {
            throw new InvalidInputException("paths.log: %s cannot be read: %s".formatted(file, e), e);
        }
    }

    void write(SparkSession spark, String log) {
        Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        TextFile.writeNew("paths.log", log + "/README.md", card(), hadoop);
        TextFile.writeNew("paths.log", log + "/" + FILE, json(), hadoop);
    }

    private String json() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The size of the log, in words. */
    String words() {
        return settings.skewed()
                ? "%d users, the first of them with %d reviews, %d items, %d reviews"
                        .formatted(settings.users(), new Skew(settings).reviews(0), settings.items(), reviews())
                : "%d users, %d items, %d reviews".formatted(settings.users(), settings.items(), reviews());
    }

    private long reviews() {
        return new Skew(settings).reviews();
    }

    private String card() {
        String format = settings.format() == LogFormat.JSON ? "JSON lines" : "Parquet,";
        return """
                # A simulated review log

                Made by `recthink simulate`, not by people: %s.

                - `reviews/`: %s `user, item, rating, time` (seconds since 1970), `summary, review`
                - `items/`: %s `item, title, brand, price, categories`; the categories are the item's aspects
                - `simulation.json`: the seed and the parameters; the same ones make the same log

                Each item has %d of %d aspects. For each aspect a user likes it with probability %s, dislikes it with
                probability %s and does not care otherwise. The rating of an item is

                    round(%s + %s * (liked - disliked aspects) + normal noise of standard deviation %s), limited to 1 to 5.

                The review speaks of each liked and each disliked aspect with probability %s, in a sentence of its own;
                the summary only repeats the rating. `recthink oracle` predicts the ratings of prepared examples as well
                as their histories allow: it enumerates the tastes that a user may have and answers with the median.
                %s"""
                .formatted(
                        words(),
                        format,
                        format,
                        settings.aspectsPerItem(),
                        settings.aspects(),
                        settings.likeShare(),
                        settings.dislikeShare(),
                        settings.level(),
                        settings.weight(),
                        settings.noise(),
                        settings.mention(),
                        drift());
    }

    private String drift() {
        DriftSettings drift = settings.drift();
        return drift.second().isEmpty()
                ? ""
                : """

                        From %s on all ratings change by %s stars, and %s of the users have tastes drawn anew. The oracle
                        refuses this log.
                        """
                        .formatted(drift.from(), drift.level(), drift.share());
    }
}
