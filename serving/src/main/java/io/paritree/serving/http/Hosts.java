package io.paritree.serving.http;

import io.paritree.Fault;
import io.paritree.serving.answer.Problem;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.config.ServingConfig;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpURI;

/**
 * The hosts for which a port answers that only this machine reaches and that needs no token.
 *
 * <p>A page of the web that a browser on this machine shows reaches such a port once the page's
 * name is made to mean 127.0.0.1 (DNS rebinding), and its requests have that name as their host. No
 * page has an IP address as its name, a name below {@code localhost} (RFC 6761 6.3), or a name
 * without a dot, which nobody can register. Thread-safe.
 */
public final class Hosts {
  private static final String LOCALHOST = "localhost";
  private static final String BELOW = "." + LOCALHOST;
  private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

  /** IP addresses as RFC 3986 3.2.2 has them; no name is in brackets. */
  private static final Pattern ADDRESS =
      Pattern.compile("(?:%s\\.){3}%s|\\[[0-9a-f:.]+]".formatted(OCTET, OCTET));

  private final boolean any;
  private final Set<String> names;

  /**
   * @param own the name by which the port was bound
   */
  private Hosts(boolean any, List<String> names, String own) {
    this.any = any;
    this.names =
        Stream.concat(names.stream(), Stream.of(own))
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
  }

  /** Those of the callers' port: any, where it needs tokens or is open to other machines. */
  static Hosts ofCallers(ServingConfig config) {
    boolean tokens = !config.security().scoreTokens().isEmpty();
    boolean any = tokens || !config.server().onLoopback();
    return new Hosts(any, config.security().hosts(), config.server().host());
  }

  /** Those of the management port, whose pages never need a token: any, where others reach it. */
  public static Hosts ofManagement(ServingConfig config) {
    boolean any = !config.management().onLoopback();
    return new Hosts(any, config.security().hosts(), config.management().host());
  }

  /**
   * Returns why a request is refused; empty if the port answers for its host, or if it has none,
   * which browsers never leave out.
   *
   * @param target what Jetty has made of the request line and the Host header, which must agree
   */
  public Optional<Problem> refusal(HttpURI target) {
    String host = any ? null : target.getHost();
    return host == null || answersFor(host)
        ? Optional.empty()
        : Optional.of(Problems.MISDIRECTED_REQUEST.of(Fault.printable(host)));
  }

  private boolean answersFor(String host) {
    int end = host.endsWith(".") ? host.length() - 1 : host.length();
    String name = host.substring(0, end).toLowerCase(Locale.ROOT);
    boolean isPublic = host.contains(".") && !name.equals(LOCALHOST) && !name.endsWith(BELOW);
    return !isPublic || names.contains(name) || ADDRESS.matcher(name).matches();
  }
}
