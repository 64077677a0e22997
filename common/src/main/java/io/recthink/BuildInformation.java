package io.recthink;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Which recthink this is, as the build wrote it down.
 *
 * @param version the version of the project
 * @param revision the git commit, or {@code unknown} when it was built outside a git checkout
 */
public record BuildInformation(String version, String revision) {
    private static final BuildInformation CURRENT = read();

    /** The running build. */
    public static BuildInformation current() {
        return CURRENT;
    }

    private static BuildInformation read() {
        Properties properties = new Properties();
        try (InputStream file = BuildInformation.class.getResourceAsStream("build.properties")) {
            if (file != null) {
                properties.load(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new BuildInformation(
                properties.getProperty("git.build.version", "unknown"),
                properties.getProperty("git.commit.id.full", "unknown"));
    }
}
