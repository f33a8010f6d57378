package io.paritree.serving.http;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.handler.DoSHandler;
import org.eclipse.jetty.util.IO;
import org.eclipse.jetty.util.InetAddressSet;

/**
 * Who calls, by address, and what one address may occupy: connections and requests per second.
 *
 * <p>A request that a trusted proxy passes on belongs to the last address of its {@code
 * X-Forwarded-For} that is not a trusted proxy's; what callers write there themselves does not
 * count. IPv6 addresses with the same first 64 bits are one caller, because one machine has all of
 * them. Connections of trusted proxies are not limited. Thread-safe.
 */
public final class Callers {
  private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

  /** IP addresses only: of anything else, {@link InetAddress} would ask a name server. */
  private static final Pattern FORWARDED =
      Pattern.compile(
          "((?:%1$s\\.){3}%1$s)(?::\\d+)?|\\[(%2$s)](?::\\d+)?|(%2$s)"
              .formatted(OCTET, "[0-9a-fA-F.]*:[0-9a-fA-F:.]*"));

  private static final int NETWORK_BYTES = 8; // of an IPv6 address

  private final InetAddressSet trusted = new InetAddressSet();
  private final CounterDataPoint refusedRequests;
  private final CounterDataPoint refusedConnections;

  /**
   * @param proxies addresses or ranges, such as {@code 10.0.0.0/8}, of trusted proxies
   * @param refusedRequests counts the requests above the limit
   * @param refusedConnections counts the connections above the limit
   */
  public Callers(
      List<String> proxies, CounterDataPoint refusedRequests, CounterDataPoint refusedConnections) {
    trusted.addAll(proxies);
    this.refusedRequests = refusedRequests;
    this.refusedConnections = refusedConnections;
  }

  /**
   * Returns what limits the requests of one caller; the others are answered with 429. Probes are
   * not limited.
   *
   * @param perSecond how many a caller may send in a second, at once or spread
   * @param reject answers the others
   */
  public DoSHandler requests(int perSecond, Request.Handler reject) {
    DoSHandler.Tracker.Factory buckets =
        new DoSHandler.LeakingBucketTrackerFactory(perSecond, perSecond + 1, null);
    Request.Handler counted =
        (request, response, callback) -> {
          refusedRequests.inc();
          return reject.handle(request, response, callback);
        };
    DoSHandler limiter = new DoSHandler(this::of, buckets, counted, -1);
    limiter.excludePath(Probes.PATHS.toArray(String[]::new));
    return limiter;
  }

  /**
   * Returns what closes the connections of a caller that has too many.
   *
   * @param max how many a caller may have open
   */
  public SelectorManager.AcceptListener connections(int max) {
    return new Connections(max);
  }

  /** Returns the caller of a request. */
  String of(Request request) {
    InetAddress peer =
        ((InetSocketAddress) request.getConnectionMetaData().getRemoteSocketAddress()).getAddress();
    InetAddress caller = peer;
    List<String> forwarded = request.getHeaders().getCSV(HttpHeader.X_FORWARDED_FOR, false);
    for (int index = forwarded.size() - 1; index >= 0 && trusted.test(caller); index--) {
      Optional<InetAddress> before = address(forwarded.get(index));
      if (before.isEmpty()) {
        break;
      }

      caller = before.get();
    }

    return group(caller);
  }

  /** Returns the address that a proxy has written; empty for anything else, such as a name. */
  static Optional<InetAddress> address(String forwarded) {
    Matcher matcher = FORWARDED.matcher(forwarded.strip());
    if (!matcher.matches()) {
      return Optional.empty(); // a name or "unknown"; it is not looked up
    }

    for (int group = 1; group <= 3; group++) {
      String literal = matcher.group(group);
      if (literal != null) {
        try {
          return Optional.of(InetAddress.getByName(literal));
        } catch (UnknownHostException e) {
          return Optional.empty();
        }
      }
    }

    return Optional.empty();
  }

  private static String group(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address.getHostAddress();
    }

    return HexFormat.of().formatHex(address.getAddress(), 0, NETWORK_BYTES);
  }

  /** Counts the open connections of each caller. */
  private final class Connections implements SelectorManager.AcceptListener {
    private final int max;
    private final Map<String, Integer> open = new ConcurrentHashMap<>();
    private final Map<SelectableChannel, String> callers = new ConcurrentHashMap<>();

    Connections(int max) {
      this.max = max;
    }

    @Override
    public void onAccepting(SelectableChannel channel) {
      InetAddress address = address(channel);
      if (address == null || trusted.test(address)) {
        return;
      }

      String caller = group(address);
      callers.put(channel, caller);
      if (open.merge(caller, 1, Integer::sum) > max) {
        refusedConnections.inc();
        IO.close(channel); // Jetty then calls onAcceptFailed
      }
    }

    private static InetAddress address(SelectableChannel channel) {
      try {
        return ((SocketChannel) channel).getRemoteAddress() instanceof InetSocketAddress peer
            ? peer.getAddress()
            : null;
      } catch (IOException e) {
        return null; // it is closed already
      }
    }

    @Override
    public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
      onClosed(channel);
    }

    @Override
    public void onClosed(SelectableChannel channel) {
      String caller = callers.remove(channel);
      if (caller != null) {
        open.computeIfPresent(caller, (same, count) -> count == 1 ? null : count - 1);
      }
    }
  }
}
