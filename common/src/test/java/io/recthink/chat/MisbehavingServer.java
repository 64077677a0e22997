package io.recthink.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server of chat completions that does what a test tells it, and keeps what it was asked. It speaks HTTP/1.1 over
 * plain sockets, because it must also break the rules of HTTP. A connection serves one request after another.
 */
public final class MisbehavingServer implements AutoCloseable {
    private static final int WAITING_CONNECTIONS = 500;
    private static final String END_OF_HEADERS = "\r\n\r\n";
    private static final JsonMapper MAPPER = new JsonMapper();

    private final ServerSocket socket;
    private final URI url;
    private final Thread accepting = daemon(this::acceptAll);
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger abandoned = new AtomicInteger();
    private final List<Request> requests = new ArrayList<>();
    private final Deque<Behaviour> next = new ArrayDeque<>();
    private Behaviour otherwise = answer("good");

    /**
     * A request.
     *
     * @param headers the values of the headers, by names in lower case
     */
    public record Request(String method, String path, Map<String, String> headers, String body) {}

    /** What the server does with a request. */
    public interface Behaviour {
        void react(Request request, Connection connection) throws IOException, InterruptedException;
    }

    /** The connection of a request, for a behaviour that breaks the rules. */
    public final class Connection {
        private final Socket client;

        private Connection(Socket client) {
            this.client = client;
        }

        public void write(String text) throws IOException {
            write(text.getBytes(UTF_8));
        }

        public void write(byte[] bytes) throws IOException {
            client.getOutputStream().write(bytes);
            client.getOutputStream().flush();
        }

        /** Writes a whole response. */
        public void respond(int status, String body, String... headers) throws IOException {
            write(head(status, "Content-Length: " + body.getBytes(UTF_8).length, headers) + body);
        }

        /** Waits until the client closes the connection, and counts it as abandoned. */
        public void waitForClientToClose() {
            try {
                while (client.getInputStream().read() >= 0) {
                    // A client that waits sends nothing.
                }
            } catch (IOException e) {
                // A reset is an end, too.
            }
            abandoned.incrementAndGet();
        }

        /** Ends the connection in order. */
        public void cut() throws IOException {
            client.close();
        }

        /** Ends the connection with a reset. */
        public void reset() throws IOException {
            client.setSoLinger(true, 0);
            client.close();
        }
    }

    private MisbehavingServer(ServerSocket socket, String scheme, String host) {
        this.socket = socket;
        this.url = URI.create("%s://%s:%d/v1/chat/completions".formatted(scheme, host, socket.getLocalPort()));
    }

    /** Starts a server without TLS, on a free port of 127.0.0.1. */
    public static MisbehavingServer start() throws IOException {
        return new MisbehavingServer(
                        new ServerSocket(0, WAITING_CONNECTIONS, InetAddress.getLoopbackAddress()), "http", "127.0.0.1")
                .listening();
    }

    /** Starts a server with TLS, on a free port of localhost. */
    public static MisbehavingServer start(SelfSignedCertificate certificate)
            throws IOException, GeneralSecurityException {
        return new MisbehavingServer(
                        certificate
                                .ofServer()
                                .getServerSocketFactory()
                                .createServerSocket(0, WAITING_CONNECTIONS, InetAddress.getLoopbackAddress()),
                        "https",
                        "localhost")
                .listening();
    }

    /** The address of the endpoint. */
    public URI url() {
        return url;
    }

    /** Tells what to do with the next requests, one behaviour each. */
    public synchronized MisbehavingServer next(Behaviour... behaviours) {
        next.addAll(List.of(behaviours));
        return this;
    }

    /** Tells what to do with every request for which {@link #next} has nothing left. At first it is a good answer. */
    public synchronized MisbehavingServer otherwise(Behaviour behaviour) {
        otherwise = behaviour;
        return this;
    }

    /** The requests until now, in the order of their arrival. */
    public synchronized List<Request> requests() {
        return List.copyOf(requests);
    }

    /** The number of requests until now. */
    public int asked() {
        return requests().size();
    }

    /** The number of connections until now, also those without a request. */
    public int connections() {
        return connections.get();
    }

    /** The number of connections that a client closed while the server let it wait. */
    public int abandoned() {
        return abandoned.get();
    }

    /**
     * Accepts no connection any more; the open ones go on. The thread that accepts has ended afterwards: until then the
     * kernel goes on listening, although the socket is closed.
     */
    public void stopListening() throws IOException {
        socket.close();
        try {
            accepting.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the server stopped");
        }
    }

    @Override
    public void close() throws IOException {
        stopListening();
        for (Socket client : open) {
            client.close();
        }
    }

    /** A good answer with a text. It claims 7 tokens of the prompt and 3 of the answer. */
    public static Behaviour answer(String text) {
        return json(completion(text));
    }

    /** A response with the status 200 and a body. */
    public static Behaviour json(String body) {
        return status(200, body);
    }

    /** A response; each header is a text such as {@code Retry-After: 1}. */
    public static Behaviour status(int status, String body, String... headers) {
        return (request, connection) -> connection.respond(status, body, headers);
    }

    /** No response, until the client gives up. */
    public static Behaviour silence() {
        return (request, connection) -> connection.waitForClientToClose();
    }

    /** Half an answer, and nothing more until the client gives up. */
    public static Behaviour silenceInTheBody() {
        return (request, connection) -> {
            connection.write(halfAnswer());
            connection.waitForClientToClose();
        };
    }

    /** Half an answer, then the end of the connection. */
    public static Behaviour cutBody() {
        return (request, connection) -> {
            connection.write(halfAnswer());
            connection.cut();
        };
    }

    /** One chunk of an answer, then the end of the connection. */
    public static Behaviour cutChunks() {
        return (request, connection) -> {
            connection.write(head(200, "Transfer-Encoding: chunked") + "8\r\n{\"choice\r\n");
            connection.cut();
        };
    }

    /** No response but the end of the connection. */
    public static Behaviour cut() {
        return (request, connection) -> connection.cut();
    }

    /** No response but a reset of the connection. */
    public static Behaviour reset() {
        return (request, connection) -> connection.reset();
    }

    /** The body of a good answer, as {@link #answer} gives it. */
    public static String completion(String text) {
        ObjectNode message = MAPPER.createObjectNode().put("role", "assistant").put("content", text);
        return completion(message, "stop");
    }

    static String completion(ObjectNode message, String finish) {
        ObjectNode body =
                MAPPER.createObjectNode().put("object", "chat.completion").put("model", "served-model");
        body.putArray("choices")
                .addObject()
                .put("index", 0)
                .put("finish_reason", finish)
                .set("message", message);
        body.putObject("usage").put("prompt_tokens", 7).put("completion_tokens", 3);
        return body.toString();
    }

    private static String halfAnswer() {
        String body = completion("good");
        return head(200, "Content-Length: " + body.length()) + body.substring(0, body.length() / 2);
    }

    private static String head(int status, String length, String... headers) {
        StringBuilder head = new StringBuilder(
                "HTTP/1.1 %d Status\r\nContent-Type: application/json\r\n%s".formatted(status, length));
        for (String header : headers) {
            head.append("\r\n").append(header);
        }
        return head.append(END_OF_HEADERS).toString();
    }

    private MisbehavingServer listening() {
        accepting.start();
        return this;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "misbehaving server");
        thread.setDaemon(true);
        return thread;
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket client = socket.accept();
                connections.incrementAndGet();
                daemon(() -> serve(client)).start();
            }
        } catch (IOException e) {
            // The test closed the server.
        }
    }

    private void serve(Socket client) {
        open.add(client);
        try (client) {
            client.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(client.getInputStream());
            while (!client.isClosed()) {
                Request request = read(in);
                take(request).react(request, new Connection(client));
            }
        } catch (IOException | InterruptedException e) {
            // The client ended the connection, or a behaviour did.
        } finally {
            open.remove(client);
        }
    }

    private synchronized Behaviour take(Request request) {
        requests.add(request);
        return next.isEmpty() ? otherwise : next.remove();
    }

    private static Request read(InputStream in) throws IOException {
        List<String> lines = readHead(in).lines().toList();
        String[] start = lines.get(0).split(" ", -1);
        Map<String, String> headers = new TreeMap<>();
        for (String line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        return new Request(start[0], start[1], headers, new String(in.readNBytes(length), UTF_8));
    }

    private static String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(UTF_8).endsWith(END_OF_HEADERS)) {
            int value = in.read();
            if (value < 0) {
                throw new IOException("the client ended the connection");
            }
            head.write(value);
        }
        return head.toString(UTF_8).strip();
    }
}
