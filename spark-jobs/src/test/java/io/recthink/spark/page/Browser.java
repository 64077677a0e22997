package io.recthink.spark.page;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** A real browser without a window. */
public final class Browser {
    /** Measures what a page needs; it stands in a page of its own, since pages forbid scripts. */
    private static final String FRAME =
            """
            <!DOCTYPE html><body style="margin:0"><iframe id="page" src="%s" style="border:0;width:%dpx;height:3000px"></iframe>
            <script>const page = document.getElementById('page');
            page.onload = () => document.title = 'width ' + page.contentDocument.documentElement.scrollWidth;</script>""";

    private final Path program;

    private Browser(Path program) {
        this.program = program;
    }

    /**
     * What was drawn.
     *
     * @param colours how many different ones: a blank page has one
     * @param contentWidth in pixels; more than the window means that a reader must scroll sideways
     */
    public record Drawing(int colours, int contentWidth) {}

    /** Chromium, when it is on the PATH. */
    public static Optional<Browser> find() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .map(folder -> Path.of(folder, "chromium"))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Browser::new);
    }

    /** Draws a page of that width, and keeps the picture. */
    public Drawing draw(Path page, int width, Path picture) throws IOException, InterruptedException {
        run(picture, "--window-size=" + width + ",3000", "--hide-scrollbars", "--screenshot=" + picture, uri(page));
        Path frame = Files.writeString(
                picture.resolveSibling("frame.html"), FRAME.formatted(uri(page), width), StandardCharsets.UTF_8);
        String measured = run(picture, "--allow-file-access-from-files", "--dump-dom", uri(frame));
        Matcher content = Pattern.compile("<title>width (\\d+)</title>").matcher(measured);
        if (!content.find()) {
            throw new IOException("the page was not measured: " + measured);
        }
        return new Drawing(colours(ImageIO.read(picture.toFile())), Integer.parseInt(content.group(1)));
    }

    private String run(Path picture, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--virtual-time-budget=3000",
                "--user-data-dir=" + picture.resolveSibling("browser")));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command + " ended with " + process.exitValue());
        }
        return output;
    }

    private static String uri(Path page) {
        return page.toUri().toString();
    }

    private static int colours(BufferedImage picture) {
        Set<Integer> colours = new HashSet<>();
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                colours.add(picture.getRGB(x, y));
            }
        }
        return colours.size();
    }
}
