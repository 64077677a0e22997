package io.recthink.spark.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
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

    /** SHA-256 of the content of all files that are not hidden, by name; empty if there is none. */
    String sha256() throws IOException {
        Path place = new Path(path);
        FileSystem files = place.getFileSystem(settings);
        FileStatus[] found = files.globStatus(place);
        MessageDigest digest = sha256Digest();
        if (found != null) {
            add(files, found, digest);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void add(FileSystem files, FileStatus[] found, MessageDigest digest) throws IOException {
        Arrays.sort(found);
        for (FileStatus file : found) {
            String name = file.getPath().getName();
            if (name.startsWith("_") || name.startsWith(".")) {
                continue;
            }
            if (file.isDirectory()) {
                add(files, files.listStatus(file.getPath()), digest);
            } else {
                digest.update("%s %d%n".formatted(name, file.getLen()).getBytes(StandardCharsets.UTF_8));
                try (InputStream in = new DigestInputStream(files.open(file.getPath()), digest)) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
            }
        }
    }

    private static MessageDigest sha256Digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
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
