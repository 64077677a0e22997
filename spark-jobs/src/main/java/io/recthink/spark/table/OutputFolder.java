package io.recthink.spark.table;

import io.recthink.InvalidInputException;
import java.io.IOException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** Where a job writes. No job writes over the results of an earlier one. */
public final class OutputFolder {
    private OutputFolder() {}

    /**
     * Refuses a folder that is already there.
     *
     * @param key the setting that names it
     * @throws InvalidInputException when the folder exists or cannot be looked for
     */
    public static void requireNew(SparkSession spark, String key, String folder) {
        try {
            Path path = new Path(folder);
            if (path.getFileSystem(spark.sparkContext().hadoopConfiguration()).exists(path)) {
                throw new InvalidInputException(
                        "%s: %s is already there; remove it or name another folder".formatted(key, folder));
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidInputException("%s: %s cannot be reached: %s".formatted(key, folder, e), e);
        }
    }
}
