package io.recthink.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TerminalTextTest {
    @Test
    void textsLineEndsAndTheProgressLinePass() {
        String text = "\r\033[Ktrain 1/2\tgrün 😀 ¢ \u2028\r\nsecond\n";
        assertThat(shown(text)).isEqualTo(text);
    }

    @Test
    void controlCharactersAreShownAndNotObeyed() {
        assertThat(shown("a\033[2Jb")).isEqualTo("a\\u001b[2Jb");
        assertThat(shown("title\033]0;evil\u0007")).isEqualTo("title\\u001b]0;evil\\u0007");
        assertThat(shown("wrong\rright\n")).isEqualTo("wrong\\u000dright\n");
        assertThat(shown("\r\033[Xz")).isEqualTo("\\u000d\\u001b[Xz");
        assertThat(shown("x\r\033[Kz")).isEqualTo("x\\u000d\\u001b[Kz");
        assertThat(shown("\u009b31m \u007f \u0000")).isEqualTo("\\u009b31m \\u007f \\u0000");
    }

    @Test
    void aByteOfAnotherEncodingDoesNotLetTheNextOnePass() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TerminalText latin = new TerminalText(bytes);
        latin.write("\u00c2\033[2J \u00c2".getBytes(StandardCharsets.ISO_8859_1));
        latin.flush();
        assertThat(bytes.toString(StandardCharsets.ISO_8859_1)).isEqualTo("\u00c2\\u001b[2J \u00c2");
    }

    private static String shown(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(new TerminalText(bytes), true, StandardCharsets.UTF_8);
        out.print(text);
        out.flush();
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
