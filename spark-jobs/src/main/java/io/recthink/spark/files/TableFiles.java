package io.recthink.spark.files;

import io.recthink.InvalidInputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The files of a table that Spark wrote as a folder of Parquet files. Without this list, a copy that lacks a file would
 * be read as a smaller table. Readers compare names and sizes, which needs one listing.
 *
 * @param rows number of rows in all files
 * @param files in the order of their names; files that Spark does not read, such as {@code _SUCCESS}, are not listed
 */
public record TableFiles(long rows, List<TableFile> files) {
    private static final int SHOWN = 3;
    private static final int TASKS_A_CORE = 4;

    /**
     * A file of a table.
     *
     * @param name name in the folder of the table
     * @param sha256 SHA-256 of its content, in lower-case hexadecimal digits
     */
    public record TableFile(String name, long bytes, String sha256) {
        public TableFile {
            Objects.requireNonNull(name, "a file without a name");
            Objects.requireNonNull(sha256, "a file without a sha256");
        }
    }

    public TableFiles {
        Objects.requireNonNull(files, "no files");
        files = List.copyOf(files);
    }

    /** The files of a table as it is now. Tasks read them once, as they are; the files' footers count the rows. */
    public static TableFiles of(SparkSession spark, String folder) {
        return of(spark, List.of(folder)).get(0);
    }

    /**
     * The files of several tables, read by one Spark job.
     *
     * @param folders of the tables
     * @return in the order of the folders
     */
    public static List<TableFiles> of(SparkSession spark, List<String> folders) {
        Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        List<Map<String, Long>> sizes =
                folders.stream().map(folder -> sizes(folder, hadoop)).toList();
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < folders.size(); i++) {
            for (String name : sizes.get(i).keySet()) {
                paths.add(new Path(folders.get(i), name).toString());
            }
        }
        Iterator<Read> read = read(spark, paths, TableFiles::content).iterator();
        List<TableFiles> tables = new ArrayList<>();
        for (Map<String, Long> table : sizes) {
            List<TableFile> files = new ArrayList<>();
            long rows = 0;
            for (Map.Entry<String, Long> file : table.entrySet()) {
                Read content = read.next();
                files.add(new TableFile(file.getKey(), file.getValue(), content.sha256()));
                rows += content.rows();
            }
            tables.add(new TableFiles(rows, files));
        }
        return tables;
    }

    /** What a task has read of a file. */
    private record Read(String sha256, long rows) implements Serializable {
        private static final long serialVersionUID = 1;
    }

    private static Read content(Path file, Configuration hadoop) throws IOException {
        try (ParquetFileReader footer = ParquetFileReader.open(HadoopInputFile.fromPath(file, hadoop))) {
            return new Read(sha256(file, hadoop), footer.getRecordCount());
        }
    }

    private static List<String> digests(SparkSession spark, String folder, List<String> names) {
        List<String> paths =
                names.stream().map(name -> new Path(folder, name).toString()).toList();
        return read(spark, paths, TableFiles::sha256);
    }

    private static <T> List<T> read(SparkSession spark, List<String> paths, Reading<T> reading) {
        SerializableConfiguration hadoop =
                new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
        int most = TASKS_A_CORE * spark.sparkContext().defaultParallelism();
        return JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(paths, Math.max(1, Math.min(paths.size(), most)))
                .map(path -> reading.of(new Path(path), hadoop.value()))
                .collect();
    }

    @FunctionalInterface
    private interface Reading<T> extends Serializable {
        T of(Path file, Configuration hadoop) throws IOException;
    }

    /**
     * Compares names and sizes with the files in a folder.
     *
     * @param table description of the table and of its list, for messages
     * @param remedy a sentence: what to do with a table that differs
     * @throws InvalidInputException when a file is missing, changed or not listed
     */
    public void requireSame(String table, String folder, String remedy, Configuration hadoop) {
        Map<String, Long> found = sizes(folder, hadoop);
        List<String> differences = new ArrayList<>();
        for (TableFile file : files) {
            Long bytes = found.remove(file.name());
            if (bytes == null) {
                differences.add(file.name() + " is missing");
            } else if (bytes != file.bytes()) {
                differences.add("%s has %d bytes, not %d".formatted(file.name(), bytes, file.bytes()));
            }
        }
        found.keySet().forEach(name -> differences.add(name + " is not listed"));
        refuse(table, differences, remedy);
    }

    /**
     * Compares the contents too; tasks read the files.
     *
     * @throws InvalidInputException as {@link #requireSame}, and when the content of a file differs
     */
    public void requireSameContents(SparkSession spark, String table, String folder, String remedy) {
        requireSame(table, folder, remedy, spark.sparkContext().hadoopConfiguration());
        List<String> digests =
                digests(spark, folder, files.stream().map(TableFile::name).toList());
        List<String> differences = IntStream.range(0, files.size())
                .filter(i -> !files.get(i).sha256().equals(digests.get(i)))
                .mapToObj(i -> "%s has the sha256 %s, not %s"
                        .formatted(
                                files.get(i).name(),
                                digests.get(i),
                                files.get(i).sha256()))
                .toList();
        refuse(table, differences, remedy);
    }

    private static void refuse(String table, List<String> differences, String remedy) {
        if (!differences.isEmpty()) {
            String shown = differences.stream().limit(SHOWN).collect(Collectors.joining(", "));
            String more = differences.size() > SHOWN ? " and %d more".formatted(differences.size() - SHOWN) : "";
            throw new InvalidInputException("%s: %s%s. %s".formatted(table, shown, more, remedy));
        }
    }

    /** The sizes of the files that Spark reads, by name; empty when the folder does not exist. */
    public static Map<String, Long> sizes(String folder, Configuration hadoop) {
        Map<String, Long> sizes = new TreeMap<>();
        Path path = new Path(folder);
        try {
            for (FileStatus entry : path.getFileSystem(hadoop).listStatus(path)) {
                String name = entry.getPath().getName();
                if (!name.startsWith(".") && !name.startsWith("_") && !name.endsWith("._COPYING_")) {
                    sizes.put(name, entry.getLen());
                }
            }
        } catch (FileNotFoundException e) {
            return sizes;
        } catch (IOException e) {
            throw new InvalidInputException(
                    "%s cannot be read: %s; correct its permissions or the settings of its file system"
                            .formatted(folder, StateFile.reason(e)),
                    e);
        }
        return sizes;
    }

    private static String sha256(Path file, Configuration hadoop) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            FileSystem files = TextFile.raw(file.getFileSystem(hadoop));
            try (InputStream in = new DigestInputStream(files.open(file), digest)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has SHA-256
        }
    }
}
