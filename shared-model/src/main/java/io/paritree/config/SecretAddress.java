package io.paritree.config;

import java.net.URI;
import java.util.Optional;

/**
 * An http or https address that is a secret, such as one that lets everybody post who knows it. As
 * a text it is its host.
 */
public record SecretAddress(URI address) {
  public static final String EXPECTED = "an http or https address without user and fragment";

  /** Returns the address that a text is; empty if it is none, or has a user or a fragment. */
  public static Optional<SecretAddress> of(String text) {
    return Settings.webAddressOf(text)
        .filter(address -> address.getRawUserInfo() == null && address.getRawFragment() == null)
        .map(SecretAddress::new);
  }

  @Override
  public String toString() {
    return address.getHost();
  }
}
