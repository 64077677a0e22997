package io.recthink.spark.files;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * The process that writes a folder, as it signs for other processes. Times are in milliseconds since 1970.
 *
 * @param renewed time of the last renewal
 * @param folders folders that the process writes; empty when the location of the signature names the folder
 */
public record Owner(
        String token,
        String host,
        long process,
        long processStart,
        long renewed,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> folders) {
    /** An owner on another host without a renewal for this time counts as ended. */
    public static final Duration STALE = Duration.ofMinutes(2);

    /** Time between renewals. */
    public static final Duration RENEWAL = Duration.ofSeconds(10);

    /** Time between two checks of a waiting process. */
    public static final Duration POLL = Duration.ofSeconds(1);

    private static final Duration WRITING = Duration.ofMillis(100);
    private static final int ATTEMPTS = 5;

    public Owner {
        Objects.requireNonNull(token, "no token");
        Objects.requireNonNull(host, "no host");
        folders = folders == null ? List.of() : List.copyOf(folders);
    }

    /** This process. */
    public static Owner self(List<String> folders) {
        return new Owner(
                UUID.randomUUID().toString(),
                hostName(),
                ProcessHandle.current().pid(),
                start(ProcessHandle.current()),
                now(),
                folders);
    }

    public Owner renew() {
        return new Owner(token, host, process, processStart, now(), folders);
    }

    /** Whether the owner runs. On this host the process table decides; on another host the age of the last renewal. */
    public boolean stillRuns() {
        return isHere()
                ? ProcessHandle.of(process)
                        .filter(found -> start(found) == processStart)
                        .isPresent()
                : now() - renewed < STALE.toMillis();
    }

    /** Whether the owner runs on this host. */
    public boolean isHere() {
        return host.equals(hostName());
    }

    /** Whether the owner is this process. */
    boolean isSelf() {
        return isHere() && process == ProcessHandle.current().pid() && stillRuns();
    }

    /**
     * Reads the owner of a file. An incomplete file is read again, because its owner may be writing it. If it stays
     * incomplete, the result is empty: the process was killed while it signed, before any other work.
     */
    public static Optional<Owner> read(Storage storage, String file) {
        for (int attempt = 0; attempt < ATTEMPTS && storage.exists(file); attempt++) {
            Optional<byte[]> content = storage.read(file).filter(StateFile::isWhole);
            if (content.isPresent()) {
                return Optional.of(StateFile.read(
                        storage.path(file).toString(),
                        content.get(),
                        Owner.class,
                        "Delete it when no other recthink uses the folder."));
            }
            pause(WRITING);
        }
        return Optional.empty();
    }

    /** Sleeps; returns false when the thread was interrupted. */
    public static boolean pause(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static long now() {
        return System.currentTimeMillis();
    }

    private static long start(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
