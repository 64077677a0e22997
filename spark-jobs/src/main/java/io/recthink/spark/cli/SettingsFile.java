package io.recthink.spark.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.TreeSet;

/**
 * Turns a file of Spark's settings into options of spark-submit, for {@code bin/recthink --settings FILE}. The output
 * is {@code --conf} and {@code KEY=VALUE} for each setting, each followed by a NUL. The file contains Java properties,
 * as for {@code spark-submit --properties-file}. This class needs only Java.
 */
final class SettingsFile {
    private static final int UNUSABLE = 2;

    private SettingsFile() {}

    /** Prints the options for the file {@code arguments[0]}. */
    public static void main(String[] arguments) {
        Properties settings = new Properties();
        try (Reader file = Files.newBufferedReader(Path.of(arguments[0]))) {
            settings.load(file);
        } catch (IOException | IllegalArgumentException e) {
            System.err.println("--settings " + arguments[0] + ": cannot be read: " + e);
            System.exit(UNUSABLE);
        }
        StringBuilder options = new StringBuilder();
        for (String key : new TreeSet<>(settings.stringPropertyNames())) {
            if (key.startsWith("spark.")) {
                options.append("--conf\0")
                        .append(key)
                        .append('=')
                        .append(settings.getProperty(key).strip())
                        .append('\0');
            } else {
                System.err.printf("--settings %s: %s is not a setting of Spark and is ignored%n", arguments[0], key);
            }
        }
        byte[] written = options.toString().getBytes(StandardCharsets.UTF_8);
        System.out.write(written, 0, written.length);
        System.out.flush();
    }
}
