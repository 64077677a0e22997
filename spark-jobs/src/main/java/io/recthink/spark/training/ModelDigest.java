package io.recthink.spark.training;

import io.recthink.InvalidInputException;
import io.recthink.model.FolderFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** One SHA-256 for a model folder: its weights, configuration, tokenizer and template. */
final class ModelDigest {
    private ModelDigest() {}

    private static boolean counts(String name) {
        return FolderFiles.isSetting(name) || name.equals(FolderFiles.INDEX) || name.endsWith(".safetensors");
    }

    /** Digests names and contents of these files, in the order of their names. */
    static String of(Path folder) {
        return of(folder, ModelDigest::counts);
    }

    /** Whether a folder has a digest. The digest in runs of earlier versions covers all files of the folder. */
    static boolean is(String digest, Path folder) {
        return of(folder).equals(digest) || of(folder, name -> true).equals(digest);
    }

    private static String of(Path folder, Predicate<String> counts) {
        try (Stream<Path> children = Files.list(folder)) {
            List<Path> files = children.filter(Files::isRegularFile)
                    .filter(file -> counts.test(file.getFileName().toString()))
                    .sorted()
                    .toList();
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : files) {
                digest.update(file.getFileName().toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
                try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new InvalidInputException(
                    "The model " + folder + " cannot be read: " + e + ". Check paths.model.", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
