package io.paritree.serving.http;

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

  private static final int MAX_BYTES = 16 << 20;

  private final Path file;
  private final String password;
  private final SslContextFactory.Server tls;
  private Version taken; // of the certificate in use; only the checking thread changes it
  private Refused refused; // likewise; null while the newest file is in use
  private volatile Instant expires;

  /**
   * @throws IOException if the key store cannot be used
   */
  Certificates(ServingConfig.Tls config, Server server) throws IOException {
    super(server::getScheduler);
    this.file = Path.of(config.keyStore());
    this.password = config.password();
    Version now = version();
    Usable found = load();
    this.tls = context(found.store());
    this.expires = found.expires();
    this.taken = now;
  }

  /** By what a change of the file is noticed. */
  private record Version(Instant modified, long size, Object key) {}

  /** A key store that was tried, and when the first of its certificates expires. */
  private record Usable(KeyStore store, Instant expires) {}

  /** What was wrong with which file, which is tried again with each look, and reported once. */
  private record Refused(Version version, String why) {}

  /** Returns what makes TLS of the bytes of a connection, and HTTP of the bytes in them. */
  SslConnectionFactory connections() {
    return new SslConnectionFactory(tls, HttpVersion.HTTP_1_1.asString());
  }

  /** Returns when the first of the certificates expires, in seconds since the epoch. */
  long expirySeconds() {
    return expires.getEpochSecond();
  }

  @Override
  protected void look() {
    Version now = null;
    try {
      now = version();
      if (now.equals(taken)) {
        refused = null;
        return;
      }

      Usable found = load();
      tls.reload(changed -> changed.setKeyStore(found.store()));
      expires = found.expires();
      taken = now; // not before: what could not be used is read again
      refused = null;
      LOG.info("The certificate of {} is in use; it expires {}", file, expires);
    } catch (Exception e) {
      Refused last = refused;
      refused = new Refused(now, String.valueOf(e.getMessage()));
      if (!refused.equals(last)) {
        LOG.warn("The old certificate stays in use: {}", e.getMessage());
      }
    }
  }

  private Version version() throws IOException {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return new Version(now.lastModifiedTime().toInstant(), now.size(), now.fileKey());
    } catch (IOException e) {
      if (taken == null) {
        throw unusable("there is no such file, or no permission", e);
      }

      return new Version(Instant.EPOCH, 0, "absent");
    }
  }

  /** Returns what the file holds, after a trial. */
  private Usable load() throws IOException {
    try {
      if (Files.isRegularFile(file) && Files.size(file) > MAX_BYTES) {
        throw unusable("it has more than %s bytes".formatted(MAX_BYTES), null);
      }

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
      return new Usable(store, first);
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
