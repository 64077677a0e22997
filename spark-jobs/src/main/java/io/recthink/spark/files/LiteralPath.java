package io.recthink.spark.files;

import io.recthink.InvalidInputException;
import java.io.IOException;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * Paths for Spark's readers, which take {@code [ ] { } * ?} in a path as a pattern. A table that recthink has written is
 * read where it was written to, whatever the name of its folder.
 */
public final class LiteralPath {
    private static final Pattern WILDCARD = Pattern.compile("[\\[\\]{}*?\\\\]");

    private LiteralPath() {}

    /** The same for a path that a person gives: one at which nothing lies may be a pattern of theirs. */
    public static String unlessPattern(SparkSession spark, String path) {
        try {
            Path place = new Path(path);
            boolean exists = place.getFileSystem(spark.sparkContext().hadoopConfiguration())
                    .exists(place);
            return exists ? of(path) : path;
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidInputException("%s cannot be reached: %s".formatted(path, e.getMessage()), e);
        }
    }

    /** The pattern that stands for this path alone. */
    public static String of(String path) {
        return WILDCARD.matcher(path).replaceAll("\\\\$0");
    }
}
