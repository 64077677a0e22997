package io.recthink.chat;

import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/** What the failure of an exchange means. */
enum FailureKind {
    /** The body was too long. */
    TOO_LONG,
    /** The certificate of the server is not accepted. */
    CERTIFICATE,
    /** Client and server found no common TLS. */
    TLS,
    /** No connection was made; a later one may be. */
    NOT_CONNECTED,
    /** A connection was made and broke. */
    BROKEN;

    static FailureKind of(Throwable failure) {
        List<Throwable> causes = causes(failure);
        if (contain(causes, BoundedBody.TooLongException.class)) {
            return TOO_LONG;
        } else if (contain(causes, CertificateException.class) || contain(causes, CertPathValidatorException.class)) {
            return CERTIFICATE;
        } else if (contain(causes, SSLHandshakeException.class)) {
            return endedByServer(causes) ? NOT_CONNECTED : TLS;
        } else if (causes.stream()
                .anyMatch(cause -> cause instanceof SSLException && says(cause, "unrecognized ssl message"))) {
            return TLS;
        } else if (contain(causes, ConnectException.class) || contain(causes, HttpConnectTimeoutException.class)) {
            return NOT_CONNECTED;
        }
        return BROKEN;
    }

    /** Whether the server closed the connection in the middle of a handshake, as one that is starting or busy does. */
    private static boolean endedByServer(List<Throwable> causes) {
        return causes.stream().anyMatch(cause -> cause instanceof SSLHandshakeException && says(cause, "remote host"));
    }

    /** The message of the first cause, in the JDK's words. */
    static String message(Throwable failure) {
        List<Throwable> causes = causes(failure);
        if (contain(causes, UnresolvedAddressException.class)) {
            return "unknown host";
        }
        return causes.stream()
                .filter(cause -> cause.getMessage() != null)
                .reduce((outer, inner) -> inner)
                .map(Throwable::getMessage)
                .orElseGet(() ->
                        // The JDK gives a refused connection no message.
                        failure instanceof ConnectException
                                ? "nothing answers there"
                                : failure.getClass().getSimpleName());
    }

    private static List<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .toList();
    }

    private static boolean contain(List<Throwable> causes, Class<? extends Throwable> type) {
        return causes.stream().anyMatch(type::isInstance);
    }

    private static boolean says(Throwable cause, String part) {
        return cause.getMessage() != null
                && cause.getMessage().toLowerCase(Locale.ROOT).contains(part);
    }
}
