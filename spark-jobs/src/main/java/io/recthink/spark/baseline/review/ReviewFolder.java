package io.recthink.spark.baseline.review;

import io.recthink.review.Corpus;
import io.recthink.review.RatedPairs;
import io.recthink.spark.files.Storage;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The reviews of a training in files that every task reads: the tables {@value #REVIEWS} and {@value #VALIDATION}, both
 * in the order of (time, row id). The tasks of a JVM share one copy in memory.
 *
 * @param path the folder of both tables; of no other run
 * @param users the number of users
 * @param items the number of items
 * @param reviews the number of train reviews
 * @param validationRows the number of validation rows
 */
record ReviewFolder(
        String path, int users, int items, long reviews, long validationRows, SerializableConfiguration hadoop)
        implements Serializable {
    /** The train reviews: place (from 0), rowId, user, item, time (microseconds), rating, tokens (bytes). */
    static final String REVIEWS = "reviews";

    /** The validation rows: place, user, item, time, rating. */
    static final String VALIDATION = "validation";

    private static final Map<String, Shared> LOADED = new ConcurrentHashMap<>();

    /** The reviews in memory, as long as tasks use them and memory is not short. */
    private static final class Shared {
        private SoftReference<Loaded> loaded = new SoftReference<>(null);

        synchronized Loaded get(ReviewFolder folder) {
            Loaded found = loaded.get();
            if (found == null) {
                found = folder.read();
                loaded = new SoftReference<>(found);
            }
            return found;
        }
    }

    /**
     * The reviews in memory.
     *
     * @param corpus the train reviews
     * @param train the train rows, in the order of the corpus
     * @param validation the validation rows; none in a refit
     */
    record Loaded(Corpus corpus, RatedPairs train, RatedPairs validation) {}

    /** The reviews, read at the first call in a JVM. */
    Loaded load() {
        return LOADED.computeIfAbsent(path, any -> new Shared()).get(this);
    }

    /** Tokens as they stand in the file. */
    static byte[] bytes(int[] tokens) {
        ByteBuffer bytes = ByteBuffer.allocate(tokens.length * Integer.BYTES);
        bytes.asIntBuffer().put(tokens);
        return bytes.array();
    }

    private static int[] tokens(byte[] bytes) {
        int[] tokens = new int[bytes.length / Integer.BYTES];
        ByteBuffer.wrap(bytes).asIntBuffer().get(tokens);
        return tokens;
    }

    private Loaded read() {
        Corpus.Builder corpus = new Corpus.Builder(users, items);
        Pairs train = new Pairs();
        forEach(REVIEWS, reviews, row -> {
            train.add(row);
            corpus.add(
                    row.getLong("time", 0),
                    row.getInteger("user", 0),
                    row.getInteger("item", 0),
                    tokens(row.getBinary("tokens", 0).getBytes()));
        });
        Pairs validation = new Pairs();
        forEach(VALIDATION, validationRows, validation::add);
        return new Loaded(corpus.build(), train.get(), validation.get());
    }

    /** A row of a table. */
    private interface Visitor {
        void row(Group row);
    }

    private void forEach(String table, long rows, Visitor visitor) {
        Configuration settings = hadoop.value();
        List<Path> files = Storage.at(path + "/" + table, settings).list("").stream()
                .map(FileStatus::getPath)
                .filter(file -> file.getName().endsWith(".parquet"))
                .sorted() // Spark numbers the files of a sorted table in its order
                .toList();
        long place = 0;
        for (Path file : files) {
            try (ParquetReader<Group> reader = ParquetReader.builder(new GroupReadSupport(), file)
                    .withConf(settings)
                    .build()) {
                for (Group row = reader.read(); row != null; row = reader.read()) {
                    if (row.getLong("place", 0) != place++) {
                        throw new IllegalStateException(
                                "%s: row %d at place %d".formatted(file, row.getLong("place", 0), place - 1));
                    }
                    visitor.row(row);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        if (place != rows) {
            throw new IllegalStateException(
                    "%s/%s has %d rows in place of %d: was it removed?".formatted(path, table, place, rows));
        }
    }

    /** Rows as arrays that grow. */
    private static final class Pairs {
        private static final int FIRST_ROOM = 1024;

        private int[] users = new int[FIRST_ROOM];
        private int[] items = new int[FIRST_ROOM];
        private long[] times = new long[FIRST_ROOM];
        private float[] ratings = new float[FIRST_ROOM];
        private int size;

        void add(Group row) {
            if (size == users.length) {
                int room = Math.multiplyExact(size, 2);
                users = Arrays.copyOf(users, room);
                items = Arrays.copyOf(items, room);
                times = Arrays.copyOf(times, room);
                ratings = Arrays.copyOf(ratings, room);
            }
            users[size] = row.getInteger("user", 0);
            items[size] = row.getInteger("item", 0);
            times[size] = row.getLong("time", 0);
            ratings[size++] = row.getFloat("rating", 0);
        }

        RatedPairs get() {
            return new RatedPairs(
                    Arrays.copyOf(users, size),
                    Arrays.copyOf(items, size),
                    Arrays.copyOf(times, size),
                    Arrays.copyOf(ratings, size));
        }
    }
}
