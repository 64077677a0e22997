package io.recthink.spark.predict;

import io.recthink.InvalidInputException;
import io.recthink.spark.files.TextFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Iterator;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The ids of the predicted rows, for an audit of the table: {@code _rows.txt}, sorted, one id a line, and
 * {@code _rows.sha256}, the SHA-256 of this file.
 */
final class RowList {
    private RowList() {}

    /** Writes both files into a folder and replaces existing ones. The driver loads one partition of ids at a time. */
    static void write(SparkSession spark, Dataset<Row> rows, String folder) {
        Path file = new Path(folder, "_rows.txt");
        try {
            FileSystem files = file.getFileSystem(spark.sparkContext().hadoopConfiguration());
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (OutputStream out = new DigestOutputStream(files.create(file, true), digest)) {
                Iterator<Row> ids = rows.select("rowId").orderBy("rowId").toLocalIterator();
                while (ids.hasNext()) {
                    out.write((ids.next().getString(0) + "\n").getBytes(StandardCharsets.UTF_8));
                }
            } catch (IOException | FSError e) {
                files.delete(file, false);
                throw e;
            }
            TextFile.write(
                    "paths.predictions",
                    folder + "/_rows.sha256",
                    HexFormat.of().formatHex(digest.digest()) + "\n",
                    spark.sparkContext().hadoopConfiguration());
        } catch (IOException | FSError e) {
            throw new InvalidInputException(
                    "paths.predictions: %s cannot be written: %s; free space there or name another folder"
                            .formatted(file, e),
                    e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has SHA-256
        }
    }
}
