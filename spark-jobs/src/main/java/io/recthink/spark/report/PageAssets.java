package io.recthink.spark.report;

import io.recthink.spark.page.PageStyle;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * The styles and scripts of the page.
 *
 * @param style styles of the chart library and of recthink
 * @param scripts scripts of the chart library and of recthink, in the order in which they run
 */
record PageAssets(String style, List<String> scripts) {
    private static final String UPLOT = "/META-INF/resources/webjars/uplot/";

    static PageAssets load() {
        String uplot = UPLOT + uplotVersion() + "/dist/";
        return new PageAssets(
                read(uplot + "uPlot.min.css") + PageStyle.css() + read("report.css"),
                List.of(read(uplot + "uPlot.iife.min.js"), read("report.js")));
    }

    /**
     * Content security policy: the page loads nothing and runs only these scripts. A script in a completion does not
     * run.
     */
    String securityPolicy() {
        return scripts.stream()
                .map(PageAssets::hash)
                .collect(Collectors.joining(
                        " ", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src ", ""));
    }

    private static String hash(String script) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String uplotVersion() {
        Properties properties = new Properties();
        try (InputStream in = open("uplot.properties")) {
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(String name) {
        try (InputStream in = open(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String name) throws IOException {
        InputStream in = PageAssets.class.getResourceAsStream(name);
        if (in == null) {
            throw new FileNotFoundException(name + " is not on the class path");
        }
        return in;
    }
}
