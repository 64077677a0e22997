package io.recthink.spark.source;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.spark.sql.SparkSession;

/** Finds and opens the files of a log path. The path may be a file or a folder, or contain wildcards. */
final class SourceFiles {
    private final Configuration settings;
    private final String path;

    SourceFiles(SparkSession spark, String path) {
        this.settings = spark.sparkContext().hadoopConfiguration();
        this.path = path;
    }

    /** Returns the first file by name that is not hidden and not empty; empty if there is none. */
    Optional<Path> first() throws IOException {
        Path place = new Path(path);
        FileSystem files = place.getFileSystem(settings);
        FileStatus[] found = files.globStatus(place);
        return found == null ? Optional.empty() : first(files, found);
    }

    private static Optional<Path> first(FileSystem files, FileStatus[] found) throws IOException {
        Arrays.sort(found);
        for (FileStatus file : found) {
            String name = file.getPath().getName();
            if (!name.startsWith("_") && !name.startsWith(".")) {
                Optional<Path> first = file.isDirectory()
                        ? first(files, files.listStatus(file.getPath()))
                        : Optional.of(file.getPath()).filter(path -> file.getLen() > 0);
                if (first.isPresent()) {
                    return first;
                }
            }
        }
        return Optional.empty();
    }

    /** Opens a file and decompresses its content. */
    InputStream open(Path file) throws IOException {
        return decompressed(file, file.getFileSystem(settings).open(file), settings);
    }

    /** Decompresses the content of a file. The file name decides the compression. */
    static InputStream decompressed(Path file, InputStream in, Configuration settings) throws IOException {
        CompressionCodec codec = new CompressionCodecFactory(settings).getCodec(file);
        return codec == null ? in : codec.createInputStream(in);
    }
}
