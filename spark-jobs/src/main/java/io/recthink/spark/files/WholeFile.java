package io.recthink.spark.files;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Writes a file so that readers see the whole file or none, even when the process is killed or the disk is full. Object
 * stores guarantee this. In a local folder the file is written under a temporary name first. HDFS shows an empty file
 * until the file is closed.
 */
public final class WholeFile {
    private WholeFile() {}

    /**
     * Writes a file.
     *
     * @param files the file system, without checksum files
     * @param overwrite whether to replace an existing file
     * @throws IOException when it cannot be written; in a local folder an existing file then stays unchanged
     */
    public static void write(FileSystem files, Path file, byte[] content, boolean overwrite) throws IOException {
        try {
            if (files.makeQualified(file).toUri().getScheme().equals("file")) {
                writeLocal(
                        java.nio.file.Path.of(files.makeQualified(file).toUri().getPath()), content, overwrite);
            } else {
                writeElsewhere(files, file, content, overwrite);
            }
        } catch (FSError e) {
            throw new IOException(e.getCause().getMessage(), e);
        }
    }

    private static void writeLocal(java.nio.file.Path file, byte[] content, boolean overwrite) throws IOException {
        if (!overwrite && Files.exists(file)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        Files.createDirectories(file.getParent());
        // The process id in the name keeps two processes from writing the same temporary file.
        java.nio.file.Path part = file.resolveSibling(".%s.%d.part"
                .formatted(file.getFileName(), ProcessHandle.current().pid()));
        try {
            Files.write(part, content);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(part);
            throw e;
        }
    }

    private static void writeElsewhere(FileSystem files, Path file, byte[] content, boolean overwrite)
            throws IOException {
        OutputStream out = files.create(file, overwrite);
        try {
            out.write(content);
            out.close();
        } catch (IOException | FSError e) {
            try {
                files.delete(file, false);
            } catch (IOException another) {
                e.addSuppressed(another);
            }
            throw e;
        }
    }
}
