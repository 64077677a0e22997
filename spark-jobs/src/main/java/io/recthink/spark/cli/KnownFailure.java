package io.recthink.spark.cli;

import io.recthink.spark.files.TableFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.util.VersionInfo;
import org.apache.spark.SparkEnv;

/**
 * A failure that is no fault of the program: a full disk, a file that another program broke, a missing file system. The
 * user gets one line with a remedy instead of a stack.
 */
final class KnownFailure {
    private static final Pattern FULL_PLACE = Pattern.compile("(/\\S+) \\((?:No space left|Disk quota)");
    private static final Pattern NOT_UNPACKED = Pattern.compile(
            "UnsatisfiedLinkError: (?:no \\S+ in java\\.library\\.path|[^\\n]*failed to map segment from shared object)");
    private static final Pattern READ_ONLY = Pattern.compile("(?:(\\S+)[ :(]+)?Read-only file system");
    private static final Pattern DENIED = Pattern.compile(
            "(/\\S+) \\(Permission denied\\)|Permission denied: ([^\\n]+)|AccessDeniedException: ([^\\n]+)|AccessControlException: ([^\\n]+)");
    private static final Pattern NO_SCHEME = Pattern.compile("No FileSystem for scheme \"?([\\w+.-]+)\"?");
    private static final Pattern NO_CLASS = Pattern.compile("Class org\\.apache\\.hadoop\\.fs\\.(\\S+) not found");
    private static final Pattern UNREACHABLE =
            Pattern.compile("(Call From \\S+ to \\S+ failed on connection exception|UnknownHostException: \\S+)");
    private static final Pattern ABSENT =
            Pattern.compile("\\[PATH_NOT_FOUND] Path does not exist: (\\S+?)\\.(?:\\s|$)");
    private static final Pattern BROKEN_PLACE = Pattern.compile(
            "(?:Could not read footer for file:? |Encountered error while reading file |while reading file |Cannot read file |Can not read value at \\S+ in block \\S+ in file )(?:FileStatus\\{path=)?(\\S+?)[.;,]?(?:\\s|$)|(\\S+) is not a Parquet file");
    private static final Pattern BROKEN = Pattern.compile(
            "is not a Parquet file|Not in GZIP format|incorrect (?:data|header) check|invalid stored block lengths|"
                    + "ZipException: ([^\\n]+)|"
                    + "Unexpected end of (?:ZLIB )?input stream|expected magic number at tail|"
                    + "ParquetDecodingException: ([^\\n]+)|file is too small|gzip stream CRC failure|can not read class org.apache.parquet|Reached the end of stream");

    private static final Pattern OF_FILES = Pattern.compile(
            "UnsatisfiedLinkError|IOException|EOFException|ZipException|FSError|FileNotFoundException|AccessControlException|AccessDeniedException|"
                    + "arquet|while reading file|FAILED_READ_FILE|PATH_NOT_FOUND|FileSystemException|UnknownHostException");
    private static final Pattern OF_LIBRARIES = Pattern.compile(
            "(?:shaded\\.)?org\\.apache\\.(?:hadoop|parquet)\\.|shaded\\.parquet\\.|java\\.util\\.zip\\.");

    private record Kind(Pattern pattern, Function<MatchResult, String> text) {}

    private final List<Kind> kinds = List.of(
            new Kind(TableFailure.FULL_DISK, this::full),
            new Kind(
                    NOT_UNPACKED,
                    match -> ("A native library cannot be unpacked and loaded from java.io.tmpdir (%s): the folder is"
                                    + " full, or mounted noexec. Free space in the folder, or name another"
                                    + " folder by --driver-java-options -Djava.io.tmpdir=FOLDER and, for"
                                    + " executors, spark.executor.extraJavaOptions.")
                            .formatted(System.getProperty("java.io.tmpdir"))),
            new Kind(READ_ONLY, match -> "%s is on a read-only file system. Name another place."
                    .formatted(match.group(1) == null ? "The output of the command" : match.group(1))),
            new Kind(
                    DENIED,
                    match -> "The permissions do not allow it: %s. Correct the permissions, or name another place."
                            .formatted(first(match))),
            new Kind(NO_SCHEME, match -> scheme(match.group(1))),
            new Kind(
                    NO_CLASS,
                    match -> match.group(1).startsWith("s3a")
                            ? scheme("s3a")
                            : "The file system class %s is not on the class path. Add its jar by --packages or --jars."
                                    .formatted(match.group(1))),
            new Kind(
                    UNREACHABLE,
                    match -> ("A service cannot be reached: %s. Check the host and the port in the path or the"
                                    + " settings, and whether the service runs.")
                            .formatted(match.group(1))),
            new Kind(ABSENT, match -> "%s is missing. Copy the folder again, with all its files."
                    .formatted(match.group(1))),
            new Kind(BROKEN, this::broken));

    private final List<String> messages;

    private KnownFailure(List<String> messages) {
        this.messages = messages;
    }

    /** Returns the line about a failure; empty for an unknown failure, for which the caller shows the stack. */
    static Optional<String> of(Throwable failure) {
        return new KnownFailure(messages(failure)).text();
    }

    /** Returns the line about a failure that is given as text with its causes. */
    static Optional<String> of(String failure) {
        return new KnownFailure(lines(failure)).text();
    }

    /**
     * Collects the messages of libraries from the whole chain of causes. The messages of recthink's own exceptions may
     * have the same words and are left out. The message of a Spark job contains the exception of a task as text; from
     * it, only the lines that name an exception of a library count.
     */
    private static List<String> messages(Throwable failure) {
        List<String> messages = new ArrayList<>();
        for (Throwable cause = failure; cause != null && messages.size() < 50; cause = cause.getCause()) {
            if (cause instanceof UnsupportedOperationException && ofHttp(cause)) {
                messages.add("No FileSystem for scheme http"); // Hadoop's file system for http can only open files
            } else if (cause instanceof IOException
                    || cause instanceof FSError
                    || cause instanceof UnsatisfiedLinkError
                    || ofFiles(cause)) {
                messages.add(cause.getClass().getSimpleName() + ": " + cause.getMessage());
            } else if (cause.getClass().getName().startsWith("org.apache.spark.")) {
                messages.addAll(lines(String.valueOf(cause.getMessage())));
            }
        }
        return messages;
    }

    private static List<String> lines(String message) {
        return message.lines().filter(line -> OF_FILES.matcher(line).find()).toList();
    }

    /** Whether a library that reads or writes files has thrown the cause; {@link IOException} is checked elsewhere. */
    private static boolean ofFiles(Throwable cause) {
        StackTraceElement[] stack = cause.getStackTrace();
        return cause instanceof ClassNotFoundException
                || (stack.length > 0
                        && OF_LIBRARIES.matcher(stack[0].getClassName()).lookingAt());
    }

    private static boolean ofHttp(Throwable failure) {
        return failure.getStackTrace().length > 0
                && failure.getStackTrace()[0].getClassName().startsWith("org.apache.hadoop.fs.http.");
    }

    private Optional<String> text() {
        return kinds.stream()
                .flatMap(kind -> find(kind.pattern).map(kind.text).stream())
                .findFirst();
    }

    private Optional<MatchResult> find(Pattern pattern) {
        return messages.stream()
                .map(pattern::matcher)
                .filter(Matcher::find)
                .map(Matcher::toMatchResult)
                .findFirst();
    }

    private static String first(MatchResult match) {
        for (int group = 1; group <= match.groupCount(); group++) {
            if (match.group(group) != null) {
                return match.group(group).strip();
            }
        }
        return match.group();
    }

    private String full(MatchResult match) {
        String place = find(FULL_PLACE).map(found -> " at " + found.group(1)).orElse("");
        return ("The disk is full%s: %s. Free space on the disks of paths.root, of the scratch folders of Spark (%s)"
                        + " and of java.io.tmpdir (%s), or name other places, and start the command again.")
                .formatted(place, match.group(), scratch(), System.getProperty("java.io.tmpdir"));
    }

    private static String scratch() {
        String folders = SparkEnv.get() == null
                ? System.getenv().getOrDefault("SPARK_LOCAL_DIRS", "")
                : SparkEnv.get().conf().get("spark.local.dir", "");
        return folders.isEmpty() ? "spark.local.dir" : "spark.local.dir: " + folders;
    }

    private static String scheme(String scheme) {
        return switch (scheme) {
            case "s3a" ->
                "The paths s3a: need the jar of hadoop-aws on the class path: start with --packages org.apache.hadoop:hadoop-aws:%s, and see docs/cluster.md."
                        .formatted(VersionInfo.getVersion());
            case "s3", "s3n" -> "Spark knows no file system for %s:. Write the path with s3a:.".formatted(scheme);
            default ->
                ("Spark knows no file system for %s:. Copy the files to a file system that Spark knows, such as file:,"
                                + " hdfs: or s3a:, or add the jar of that file system by --packages.")
                        .formatted(scheme);
        };
    }

    private String broken(MatchResult match) {
        String place = find(BROKEN_PLACE).map(KnownFailure::first).orElse("A file that the command reads");
        return "%s is broken: %s. Copy or make it again.".formatted(place, first(match));
    }
}
