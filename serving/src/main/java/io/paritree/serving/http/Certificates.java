package io.paritree.serving.http;

import io.paritree.serving.admission.EverySecond;
import io.paritree.serving.config.ServingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collections;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate and key of the callers' port, read again when their file changes.
 *
 * <p>A new file is tried before it is used: with a broken one, Jetty's own {@code KeyStoreScanner}
 * drops the old certificate first, and no caller could connect. Open connections keep theirs.
 */
final class Certificates extends EverySecond {
  private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

  private final Path file;
  private final String password;
  private final SslContextFactory.Server tls;
  private Version seen; // only the checking thread changes it
  private volatile Instant expires;

  /**
   * @throws IOException if the key store cannot be used
   */
  Certificates(ServingConfig.Tls config, Server server) throws IOException {
    super(server::getScheduler);
    this.file = Path.of(config.keyStore());
    this.password = config.password();
    this.seen = version();
    this.tls = context(load());
  }

  /** By what a change of the file is noticed. */
  private record Version(Instant modified, long size, Object key) {}

  /** Returns what makes TLS of the bytes of a connection, and HTTP of what is in them. */
  SslConnectionFactory connections() {
    return new SslConnectionFactory(tls, HttpVersion.HTTP_1_1.asString());
  }

  /** Returns when the first of the certificates expires, in seconds since the epoch. */
  long expirySeconds() {
    return expires.getEpochSecond();
  }

  @Override
  protected void look() {
    try {
      Version now = version();
      if (now.equals(seen)) {
        return;
      }

      seen = now;
      KeyStore store = load();
      tls.reload(changed -> changed.setKeyStore(store));
      LOG.info("The certificate of {} is in use; it expires {}", file, expires);
    } catch (Exception e) {
      LOG.warn("The old certificate stays in use: {}", e.getMessage());
    }
  }

  private Version version() throws IOException {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return new Version(now.lastModifiedTime().toInstant(), now.size(), now.fileKey());
    } catch (IOException e) {
      if (seen == null) {
        throw unusable("there is no such file, or no permission", e);
      }

      return new Version(Instant.EPOCH, 0, "absent");
    }
  }

  /** Returns the key store, after a trial. */
  private KeyStore load() throws IOException {
    try {
      KeyStore store = KeyStore.getInstance(file.toFile(), password.toCharArray());
      Instant first = null;
      for (String alias : Collections.list(store.aliases())) {
        if (store.isKeyEntry(alias) && store.getCertificate(alias) instanceof X509Certificate own) {
          Instant end = own.getNotAfter().toInstant();
          first = first == null || end.isBefore(first) ? end : first;
        }
      }

      if (first == null) {
        throw unusable("it has no key with a certificate", null);
      }

      SslContextFactory.Server trial = context(store);
      trial.start();
      trial.stop();
      expires = first;
      return store;
    } catch (GeneralSecurityException e) {
      throw unusable(e.getMessage(), e);
    } catch (IOException e) {
      throw e.getMessage() != null && e.getMessage().startsWith("Cannot use")
          ? e
          : unusable(e.getMessage() == null ? "it is cut off" : e.getMessage(), e);
    } catch (Exception e) {
      throw unusable("TLS cannot be set up with it: " + e.getMessage(), e);
    }
  }

  private SslContextFactory.Server context(KeyStore store) {
    SslContextFactory.Server context = new SslContextFactory.Server();
    context.setKeyStore(store);
    context.setKeyStorePassword(password);
    return context;
  }

  private IOException unusable(String reason, Throwable cause) {
    return new IOException(
        "Cannot use the key store %s: %s; expected PKCS12 with the server's key and certificate, see"
                .formatted(file, reason)
            + " server.tls.key-store and server.tls.key-store-password",
        cause);
  }
}
