package io.recthink.spark.files;

import io.recthink.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** A file for people and other programs: UTF-8, without a checksum file. */
public final class TextFile {
    private TextFile() {}

    /**
     * Writes a file and replaces an existing one.
     *
     * @param key the setting or option that names it
     * @return its absolute path
     * @throws InvalidInputException when it cannot be written
     */
    public static String write(String key, String path, String text, Configuration hadoop) {
        return write(key, path, text, hadoop, true);
    }

    /**
     * Writes a file that does not exist yet.
     *
     * @param key the setting or option that names it or its folder
     * @return its absolute path
     * @throws InvalidInputException when it exists, or cannot be written
     */
    public static String writeNew(String key, String path, String text, Configuration hadoop) {
        return write(key, path, text, hadoop, false);
    }

    private static String write(String key, String path, String text, Configuration hadoop, boolean overwrite) {
        Path file = new Path(path);
        try {
            FileSystem files = withoutChecksum(file.getFileSystem(hadoop), file);
            WholeFile.write(files, file, text.getBytes(StandardCharsets.UTF_8), overwrite);
            return files.makeQualified(file).toString();
        } catch (IOException e) {
            throw new InvalidInputException(
                    "%s: %s cannot be written: %s; free space there or choose another place".formatted(key, path, e),
                    e);
        }
    }

    /** Converts the content of a file. */
    public interface Reader<T> {
        T read(InputStream in) throws IOException;
    }

    /**
     * Reads a file that may not exist.
     *
     * @param key the setting or option that names it or its folder
     * @param remedy what to do with a file that cannot be read
     * @return empty when it does not exist
     * @throws InvalidInputException when it cannot be read
     */
    public static <T> Optional<T> read(String key, String path, String remedy, Configuration hadoop, Reader<T> reader) {
        Path file = new Path(path);
        try {
            FileSystem files = raw(file.getFileSystem(hadoop));
            if (!files.exists(file)) {
                return Optional.empty();
            }
            try (InputStream in = files.open(file)) {
                T content = reader.read(in);
                if (content == null) {
                    throw new IOException("it has no content");
                }
                return Optional.of(content);
            }
        } catch (IOException e) {
            throw new InvalidInputException(
                    "%s: %s cannot be read: %s; %s".formatted(key, file, StateFile.reason(e), remedy), e);
        }
    }

    /** The file system without checksums: after a person edits a file, its checksum file would make it unreadable. */
    public static FileSystem raw(FileSystem found) {
        return found instanceof LocalFileSystem local ? local.getRawFileSystem() : found;
    }

    /** Deletes the checksum file of an earlier file, which would make the new file unreadable. */
    private static FileSystem withoutChecksum(FileSystem found, Path file) throws IOException {
        if (found instanceof LocalFileSystem local) {
            local.getRawFileSystem().delete(local.getChecksumFile(file), false);
            return local.getRawFileSystem();
        }
        return found;
    }
}
