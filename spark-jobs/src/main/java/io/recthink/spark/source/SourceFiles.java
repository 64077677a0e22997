package io.recthink.spark.source;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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
        for (FileStatus file : visible(found)) {
            Optional<Path> first = file.isDirectory()
                    ? first(files, files.listStatus(file.getPath()))
                    : Optional.of(file.getPath()).filter(path -> file.getLen() > 0);
            if (first.isPresent()) {
                return first;
            }
        }
        return Optional.empty();
    }

    /** Returns all files that are not hidden, by name. */
    List<FileStatus> all() throws IOException {
        Path place = new Path(path);
        FileSystem files = place.getFileSystem(settings);
        FileStatus[] found = files.globStatus(place);
        List<FileStatus> all = new ArrayList<>();
        if (found != null) {
            add(files, found, all);
        }
        return all;
    }

    private static void add(FileSystem files, FileStatus[] found, List<FileStatus> all) throws IOException {
        for (FileStatus file : visible(found)) {
            if (file.isDirectory()) {
                add(files, files.listStatus(file.getPath()), all);
            } else {
                all.add(file);
            }
        }
    }

    /** The entries that are not hidden, by name. */
    private static List<FileStatus> visible(FileStatus[] found) {
        return Stream.of(found)
                .filter(file -> !file.getPath().getName().startsWith("_"))
                .filter(file -> !file.getPath().getName().startsWith("."))
                .sorted()
                .toList();
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
