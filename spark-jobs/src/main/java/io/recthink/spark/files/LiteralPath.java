package io.recthink.spark.files;

import io.recthink.InvalidInputException;
import java.io.IOException;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * Escapes paths for Spark's readers, which interpret {@code [ ] { } * ?} in a path as a pattern. A table of recthink
 * can then be read whatever the name of its folder.
 */
public final class LiteralPath {
    private static final Pattern WILDCARD = Pattern.compile("[\\[\\]{}*?\\\\]");

    private LiteralPath() {}

    /**
     * The escaped path if something exists there; otherwise the path unchanged, because a person may have given a
     * pattern.
     */
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

    /** The pattern that matches only this path. */
    public static String of(String path) {
        return WILDCARD.matcher(path).replaceAll("\\\\$0");
    }
}
