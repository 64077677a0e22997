package io.recthink.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.chat.ChatOutcome.Answered;
import io.recthink.chat.ChatOutcome.Unreachable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates, and servers that do not speak TLS. */
@Timeout(60)
class ChatTlsTest {
    private static final String BODY = "{}";
    private static SelfSignedCertificate certificate;

    private final FakeClock clock = new FakeClock();
    private final SSLContext before = defaultContext();
    private MisbehavingServer server;

    @BeforeAll
    static void makeCertificate(@TempDir Path folder) throws IOException, InterruptedException {
        certificate = SelfSignedCertificate.create(folder);
    }

    @BeforeEach
    void start() throws IOException, GeneralSecurityException {
        server = MisbehavingServer.start(certificate);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        SSLContext.setDefault(before);
    }

    @Test
    void aCertificateThatTheJvmTrustsIsAccepted() throws IOException, GeneralSecurityException, InterruptedException {
        SSLContext.setDefault(certificate.ofClient());
        assertThat(ask(server.url())).isInstanceOf(Answered.class);
        assertThat(server.requests().get(0).headers()).containsEntry("authorization", "Bearer secret");
    }

    @Test
    void anUnknownCertificateIsRefusedAtOnceWithTheRemedy() throws InterruptedException {
        assertThat(ask(server.url())).isInstanceOfSatisfying(Unreachable.class, outcome -> {
            assertThat(outcome.reason())
                    .startsWith(server.url() + ": this JVM does not accept the certificate (unable to find valid")
                    .contains("import it, or its authority, into the trust store");
            assertThat(outcome.attempts()).isEqualTo(1);
        });
        assertThat(server.asked()).isZero();
        assertThat(server.connections()).isEqualTo(1);
        assertThat(clock.sleeps()).isEmpty();
    }

    @Test
    void aCertificateForAnotherNameIsRefusedAtOnce() throws Exception {
        SSLContext.setDefault(certificate.ofClient());
        URI byNumber = URI.create(server.url().toString().replace("localhost", "127.0.0.1"));
        assertThat(ask(byNumber)).isInstanceOfSatisfying(Unreachable.class, outcome -> {
            assertThat(outcome.reason()).contains("the certificate (").contains("127.0.0.1");
            assertThat(outcome.attempts()).isEqualTo(1);
        });
        assertThat(server.asked()).isZero();
    }

    @Test
    void aServerWithoutTlsIsRefusedAtOnce() throws IOException, InterruptedException {
        assertThat(askDeafServer("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", 1))
                .contains("no TLS connection (");
    }

    @Test
    void aHandshakeThatTheServerCutsIsTriedAgain() throws IOException, InterruptedException {
        assertThat(askDeafServer("", 3)).contains("no connection (");
    }

    /** Asks a server that reads one byte, writes a text and closes; returns the reason. */
    private String askDeafServer(String reply, int attempts) throws IOException, InterruptedException {
        AtomicInteger connections = new AtomicInteger();
        try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> {
                while (!socket.isClosed()) {
                    try (Socket client = socket.accept()) {
                        connections.incrementAndGet();
                        InputStream in = client.getInputStream();
                        in.readNBytes(1);
                        in.readNBytes(in.available());
                        client.getOutputStream().write(reply.getBytes(UTF_8));
                    } catch (IOException e) {
                        // The client or the test closed its end.
                    }
                }
            });
            thread.setDaemon(true);
            thread.start();
            ChatOutcome outcome = ask(URI.create("https://127.0.0.1:" + socket.getLocalPort() + "/v1"));
            assertThat(outcome).isInstanceOf(Unreachable.class);
            assertThat(((Unreachable) outcome).attempts()).isEqualTo(attempts);
            assertThat(connections.get()).isGreaterThanOrEqualTo(attempts);
            return ((Unreachable) outcome).reason();
        }
    }

    private ChatOutcome ask(URI url) throws InterruptedException {
        return new ChatClient(
                        new ChatEndpoint(url, "Authorization", "secret"),
                        new ChatLimits(3, Duration.ofSeconds(30), 0, 0),
                        clock,
                        () -> 1)
                .ask(BODY, 0);
    }

    private static SSLContext defaultContext() {
        try {
            return SSLContext.getDefault();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
