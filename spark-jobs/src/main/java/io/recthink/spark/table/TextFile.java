package io.recthink.spark.table;

import io.recthink.InvalidInputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** A file that people and other programs open: UTF-8, in place of an earlier one, without a checksum file beside it. */
public final class TextFile {
    private TextFile() {}

    /**
     * Writes a file.
     *
     * @param key the setting or option that names it
     * @return its absolute path
     * @throws InvalidInputException when it cannot be written
     */
    public static String write(String key, String path, String text, Configuration hadoop) {
        Path file = new Path(path);
        try {
            FileSystem found = file.getFileSystem(hadoop);
            FileSystem files = found instanceof LocalFileSystem local ? local.getRawFileSystem() : found;
            try (OutputStream out = files.create(file, true)) {
                out.write(text.getBytes(StandardCharsets.UTF_8));
            }
            return files.makeQualified(file).toString();
        } catch (IOException e) {
            throw new InvalidInputException(
                    "%s: %s cannot be written: %s; free space there or choose another place".formatted(key, path, e),
                    e);
        }
    }
}
