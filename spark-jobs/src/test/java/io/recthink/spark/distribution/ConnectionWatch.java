package io.recthink.spark.distribution;

import java.io.FileDescriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.Permission;
import java.util.List;
import java.util.Set;

/**
 * Records the addresses of other machines to which a JVM tries to connect, with or without a proxy. Java calls this
 * security manager before each connection. The security manager allows everything and records each address that is not
 * local.
 */
@SuppressWarnings("removal") // there is no other way into Java 17's sockets without an agent
public final class ConnectionWatch extends SecurityManager {
    private static final String FILE = "recthink.test.connections";

    /** The names that count as local, because the check of an address looks up no names. */
    private static final Set<String> LOCAL_NAMES = Set.of("localhost", "0.0.0.0");

    /** Returns the Java options for a process to watch. */
    public static String options(Path file) {
        return "-Djava.security.manager=%s -D%s=%s".formatted(ConnectionWatch.class.getName(), FILE, file);
    }

    /** Returns the folder that the class path of the process needs. */
    public static String classPath() {
        return Path.of("target/test-classes").toAbsolutePath().toString();
    }

    /** Returns the recorded addresses. */
    public static List<String> wanted(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    @Override
    public void checkConnect(String host, int port) {
        if (port >= 0 && !isLocal(host)) {
            try {
                Files.writeString(
                        Path.of(System.getProperty(FILE)),
                        host + ":" + port + "\n",
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static boolean isLocal(String host) {
        if (LOCAL_NAMES.contains(host)) {
            return true;
        }
        try {
            return host.matches("[0-9.]+|.*:.*") && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    @Override
    public void checkConnect(String host, int port, Object context) {
        checkConnect(host, port);
    }

    @Override
    public void checkPermission(Permission permission) {
        // all are granted
    }

    @Override
    public void checkPermission(Permission permission, Object context) {
        // all are granted
    }

    @Override
    public void checkRead(FileDescriptor file) {
        // granted without a check of the policy
    }
}
