package io.recthink.spark.files;

import io.recthink.InvalidInputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files in one folder of any Hadoop file system. It creates, reads, lists and deletes files; it never renames or
 * appends. Every failure is an {@link InvalidInputException} with the file, the reason and the remedy.
 */
public final class Storage {
    private final FileSystem files;
    private final Path root;

    private Storage(FileSystem files, Path root) {
        this.files = files;
        this.root = root;
    }

    public static Storage at(String folder, Configuration hadoop) {
        try {
            Path path = new Path(folder);
            FileSystem found = path.getFileSystem(hadoop);
            // Without the checksum files of Hadoop, which are wrong after another program writes a local file.
            FileSystem files = found instanceof LocalFileSystem local ? local.getRawFileSystem() : found;
            return new Storage(files, files.makeQualified(path));
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidInputException(
                    folder + " cannot be reached: " + reason(e)
                            + ". Check the path and the settings of its file system.",
                    e);
        }
    }

    public Path path(String name) {
        return name.isEmpty() ? root : new Path(root, name);
    }

    /** The path in the local file system; empty when the folder is on another file system. */
    public Optional<java.nio.file.Path> local(String name) {
        Path path = path(name);
        return path.toUri().getScheme().equals("file")
                ? Optional.of(java.nio.file.Path.of(path.toUri().getPath()))
                : Optional.empty();
    }

    public boolean exists(String name) {
        return status(name).isPresent();
    }

    /** The status of a file or folder; empty when it does not exist. */
    private Optional<FileStatus> status(String name) {
        try {
            return Optional.of(files.getFileStatus(path(name)));
        } catch (FileNotFoundException e) {
            requireAbsent(name);
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    /**
     * Refuses a local file that exists but that this user may not read. Hadoop reports this file as not found. Treated
     * as missing, it would be written again.
     */
    private void requireAbsent(String name) {
        Optional<String> obstacle = local(name).flatMap(Storage::obstacle);
        if (obstacle.isPresent()) {
            throw unreadable(name, new IOException(obstacle.get()));
        }
    }

    /** The reason why a local file cannot be read; empty when it does not exist, or was written at this moment. */
    private static Optional<String> obstacle(java.nio.file.Path file) {
        try {
            BasicFileAttributes found =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (found.isDirectory()) {
                return Optional.of("it is a folder");
            }
            if (Files.isReadable(file)) {
                return Optional.empty();
            }
            return Optional.of(
                    found.isSymbolicLink() ? "it is a link to a file that cannot be read" : "permission denied");
        } catch (AccessDeniedException e) {
            return Optional.of("permission denied");
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The direct children by name; none when the folder does not exist. */
    public List<FileStatus> list(String name) {
        try {
            return Stream.of(files.listStatus(path(name)))
                    .sorted(Comparator.comparing(status -> status.getPath().getName()))
                    .toList();
        } catch (FileNotFoundException e) {
            requireAbsent(name);
            return List.of();
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    /**
     * The direct children by name, without omissions; {@link #list} leaves out children that Hadoop cannot access.
     *
     * @throws InvalidInputException when a child is a link to an unreadable file, or this user may not access it
     */
    public List<FileStatus> listAll(String name) {
        List<FileStatus> found = list(name);
        Set<String> names =
                found.stream().map(status -> status.getPath().getName()).collect(Collectors.toSet());
        Optional<java.nio.file.Path> folder = local(name).filter(Files::isDirectory);
        if (folder.isPresent()) {
            try (Stream<java.nio.file.Path> children = Files.list(folder.get())) {
                children.filter(child -> !names.contains(child.getFileName().toString()))
                        .forEach(child -> requireAbsent((name.isEmpty() ? "" : name + "/") + child.getFileName()));
            } catch (IOException e) {
                throw unreadable(name, e);
            }
        }
        return found;
    }

    public Optional<byte[]> read(String name) {
        try (InputStream in = files.open(path(name))) {
            return Optional.of(in.readAllBytes());
        } catch (FileNotFoundException e) {
            requireAbsent(name);
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    public FileEntry write(String name, byte[] content) {
        try {
            WholeFile.write(files, path(name), content, true);
            return new FileEntry(name, content.length, hex(sha256().digest(content)));
        } catch (IOException | FSError e) {
            throw unwritable(path(name).toString(), e);
        }
    }

    public FileEntry write(String name, String content) {
        return write(name, content.getBytes(StandardCharsets.UTF_8));
    }

    public FileEntry writeJson(String name, Object value) {
        return write(name, StateFile.write(value));
    }

    /**
     * The value of a JSON file; empty when the file does not exist.
     *
     * @param remedy a sentence: what to do with an unusable file
     * @throws InvalidInputException when the file exists and cannot be read or understood
     */
    public <T> Optional<T> readJson(String name, Class<T> type, String remedy) {
        return read(name).map(bytes -> StateFile.read(path(name).toString(), bytes, type, remedy));
    }

    /**
     * Copies one file to another place.
     *
     * @param target name of the copy in {@code to}
     */
    public FileEntry copy(String name, Storage to, String target) {
        try (InputStream in = files.open(path(name))) {
            MessageDigest digest = sha256();
            long bytes;
            try (OutputStream out = new DigestOutputStream(to.files.create(to.path(target), true), digest)) {
                bytes = in.transferTo(out);
            } catch (IOException | FSError e) {
                throw unwritable(to.path(target).toString(), e);
            }
            return new FileEntry(target, bytes, hex(digest.digest()));
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    /** Copies one local file. */
    public FileEntry upload(java.nio.file.Path file, String name) {
        try {
            MessageDigest digest = sha256();
            try (InputStream in = Files.newInputStream(file);
                    OutputStream out = new DigestOutputStream(files.create(path(name), true), digest)) {
                in.transferTo(out);
            }
            return new FileEntry(name, Files.size(file), hex(digest.digest()));
        } catch (IOException | FSError e) {
            throw unwritable(path(name).toString(), e);
        }
    }

    /** Copies one file into the local file system. */
    public void download(String name, java.nio.file.Path target) {
        try (InputStream in = files.open(path(name))) {
            Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    /** The entry of an existing file. */
    public FileEntry entry(String name) {
        MessageDigest digest = sha256();
        try (InputStream in = new DigestInputStream(files.open(path(name)), digest)) {
            long bytes = in.transferTo(OutputStream.nullOutputStream());
            return new FileEntry(name, bytes, hex(digest.digest()));
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    /** One SHA-256 for the content of some files, in their order. */
    public String sha256(List<String> names) {
        MessageDigest digest = sha256();
        for (String name : names) {
            try (InputStream in = new DigestInputStream(files.open(path(name)), digest)) {
                in.transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                throw unreadable(name, e);
            }
        }
        return hex(digest.digest());
    }

    /** The length of a file, or -1 when it does not exist. */
    public long length(String name) {
        return status(name).map(FileStatus::getLen).orElse(-1L);
    }

    /** The time of the last change of an existing file. */
    public Instant modified(String name) {
        try {
            return Instant.ofEpochMilli(files.getFileStatus(path(name)).getModificationTime());
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    public void delete(String name) {
        try {
            files.delete(path(name), true);
        } catch (IOException | FSError e) {
            throw unwritable(path(name).toString(), e);
        }
    }

    public void makeFolder(String name) {
        try {
            files.mkdirs(path(name));
        } catch (IOException | FSError e) {
            throw unwritable(path(name).toString(), e);
        }
    }

    public static InvalidInputException unwritable(String path, Throwable cause) {
        return new InvalidInputException(
                path + " cannot be written: " + reason(cause)
                        + ". Free space there, correct the permissions, or choose another place with --set"
                        + " paths.root=...",
                cause);
    }

    private InvalidInputException unreadable(String name, IOException cause) {
        return new InvalidInputException(
                path(name) + " cannot be read: " + reason(cause)
                        + ". Correct the permissions or the settings of its file system.",
                cause);
    }

    private static String reason(Throwable cause) {
        String message = cause instanceof FSError ? cause.getCause().getMessage() : cause.getMessage();
        return message == null
                ? cause.getClass().getSimpleName()
                : message.lines().findFirst().orElse(message);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public static String sha256(String text) {
        return hex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String hex(byte[] digest) {
        return HexFormat.of().formatHex(digest);
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
