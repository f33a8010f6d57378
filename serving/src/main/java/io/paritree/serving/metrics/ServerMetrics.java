package io.paritree.serving.metrics;

import io.paritree.FaultCode;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The counters and timers of the server, in their own registry.
 *
 * <p>The labelled children that a request uses are looked up once, here, and not by each request.
 * Times are in seconds, in buckets from 50 microseconds up for requests and from 1 microsecond up
 * for stages. Thread-safe.
 */
public final class ServerMetrics {
  private static final double[] SECONDS = {
    50e-6, 100e-6, 200e-6, 400e-6, 800e-6, 1.6e-3, 3e-3, 6e-3, 12e-3, 25e-3, 50e-3, 0.1, 0.25, 1,
    2.5
  };
  private static final double[] STAGE_SECONDS = {
    1e-6, 2e-6, 5e-6, 10e-6, 20e-6, 50e-6, 100e-6, 200e-6, 500e-6, 1e-3, 5e-3, 25e-3, 0.1, 1
  };
  private static final double NANOS = 1e-9;
  private static final String ROUTE = "route";
  private static final int MAX_FAULTY_FIELDS = 50;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Histogram durations =
      Histogram.builder()
          .name("paritree_http_request_duration_seconds")
          .help("Time from a request's first byte to the end of its answer.")
          .labelNames(ROUTE)
          .classicOnly()
          .classicUpperBounds(SECONDS)
          .register(registry);
  private final Counter requests =
      counter("paritree_http_requests_total", "Answered requests.", ROUTE, "status");
  private final Histogram stages =
      Histogram.builder()
          .name("paritree_stage_duration_seconds")
          .help("Time of a single record's stages: read it, score it, write the answer.")
          .labelNames("stage")
          .classicOnly()
          .classicUpperBounds(STAGE_SECONDS)
          .register(registry);
  private final Counter rows =
      counter("paritree_rows_total", "Rows, by result: scored or refused.", "model", "result");
  private final Counter faults =
      counter(
          "paritree_faults_total",
          "Faults of refused rows, by model, field and code.",
          "model",
          "field",
          "code");
  private final Counter skipped =
      counter(
          "paritree_skipped_values_total",
          "Values of MLflow requests in columns that no feature reads.");

  private final Counter refused =
      counter(
          "paritree_admission_refused_total",
          "Requests refused with 503 since the start, by reason: too many waited or they waited"
              + " too long (waiting), or too many bytes of bodies or of answers were held.",
          "reason");
  private final Counter slow =
      counter(
          "paritree_slow_connections_closed_total",
          "Connections closed since the start, by reason: a request's headers took too long, no"
              + " request came at all (silent), or an answer was not read.",
          "reason");
  private final Counter limited =
      counter(
          "paritree_callers_limited_total",
          "What was refused because one address had too much of it: connections, requests.",
          "what");
  private final Counter reloads =
      counter(
          "paritree_model_reloads_total",
          "Checks for new versions, by result: replaced, refused or unreachable.",
          "model",
          "result");
  private final Map<String, Set<String>> faultyFields = new ConcurrentHashMap<>();
  private final Map<String, RouteMetrics> routes = new ConcurrentHashMap<>();
  private final RouteMetrics unrouted = route("none");
  private final DistributionDataPoint reading = stages.labelValues("read");
  private final DistributionDataPoint scoring = stages.labelValues("score");
  private final DistributionDataPoint writing = stages.labelValues("write");

  private Counter counter(String name, String help, String... labels) {
    return Counter.builder().name(name).help(help).labelNames(labels).register(registry);
  }

  /** Adds the JVM's own metrics, which takes a while. */
  public void watchJvm() {
    JvmMetrics.builder().register(registry);
  }

  public PrometheusRegistry registry() {
    return registry;
  }

  public RouteMetrics route(String route) {
    return routes.computeIfAbsent(route, RouteMetrics::new);
  }

  /** Returns the counters of requests that lead to no route. */
  public RouteMetrics unrouted() {
    return unrouted;
  }

  public CounterDataPoint rows(String model, String result) {
    return rows.labelValues(model, result);
  }

  /** Returns the counter of values that no feature reads, where a protocol skips them. */
  public CounterDataPoint skippedValues() {
    return skipped;
  }

  /**
   * Returns the counter of a model's faults of one code in one field. The first {@value
   * #MAX_FAULTY_FIELDS} fields of a model that have a fault get counters of their own, the others
   * have one together, so that a wide model does not fill Prometheus.
   *
   * @param field a field of the model, {@link FaultTotals#OTHER}, or empty for the whole record
   */
  public CounterDataPoint faults(String model, String field, FaultCode code) {
    Set<String> own = faultyFields.computeIfAbsent(model, name -> ConcurrentHashMap.newKeySet());
    String counted = field;
    if (!own.contains(field)) {
      synchronized (own) {
        if (own.size() < MAX_FAULTY_FIELDS) {
          own.add(field);
        } else {
          counted = FaultTotals.OTHER;
        }
      }
    }

    return faults.labelValues(model, counted, code.code());
  }

  /** Records the stages of a single record's request, in nanoseconds. */
  public void stages(long read, long scored, long written) {
    reading.observe(read * NANOS);
    scoring.observe(scored * NANOS);
    writing.observe(written * NANOS);
  }

  /** Returns the counter of requests that are refused with 503 for one reason. */
  public CounterDataPoint refused(String reason) {
    return refused.labelValues(reason);
  }

  /** Returns the counter of connections that are closed as too slow for one reason. */
  public CounterDataPoint slow(String reason) {
    return slow.labelValues(reason);
  }

  /**
   * Returns the counter of connections and requests that are refused because one address has too
   * many.
   */
  public CounterDataPoint limited(String what) {
    return limited.labelValues(what);
  }

  /** Returns how many checks for new versions of all models had one result. */
  public long reloads(String result) {
    return (long)
        reloads.collect().getDataPoints().stream()
            .filter(count -> result.equals(count.getLabels().get("result")))
            .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
            .sum();
  }

  /**
   * Returns what has been answered since the start, on some of the routes.
   *
   * @param counted whether a route is one of them
   */
  AnsweredRequests answered(Predicate<String> counted) {
    AnsweredRequests all = new AnsweredRequests(SECONDS.length + 1);
    for (CounterSnapshot.CounterDataPointSnapshot count : requests.collect().getDataPoints()) {
      if (counted.test(count.getLabels().get(ROUTE))) {
        all.add(count.getLabels().get("status"), (long) count.getValue());
      }
    }

    for (HistogramSnapshot.HistogramDataPointSnapshot of : durations.collect().getDataPoints()) {
      if (counted.test(of.getLabels().get(ROUTE))) {
        ClassicHistogramBuckets buckets = of.getClassicBuckets();
        for (int bucket = 0; bucket < buckets.size(); bucket++) {
          all.addTo(bucket, buckets.getCount(bucket));
        }
      }
    }

    return all;
  }

  /** Returns the upper bound of a bucket of durations, in seconds; infinite for the last one. */
  static double bound(int bucket) {
    return bucket < SECONDS.length ? SECONDS[bucket] : Double.POSITIVE_INFINITY;
  }

  /** Returns the counter of checks for new versions of a model that had one result. */
  public CounterDataPoint reloads(String model, String result) {
    return reloads.labelValues(model, result);
  }

  /**
   * Adds a counter whose value is read whenever the metrics are read; its name ends in {@code
   * _total}.
   */
  public void counter(String name, String help, LongSupplier value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.getAsLong()))
        .register(registry);
  }

  /** Adds a gauge whose value is read whenever the metrics are read. */
  public void gauge(String name, String help, LongSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.getAsLong()))
        .register(registry);
  }

  /** Counts the requests of one route. Thread-safe. */
  public final class RouteMetrics {
    private final String route;
    private final DistributionDataPoint duration;
    private final AtomicReferenceArray<CounterDataPoint> byStatus = new AtomicReferenceArray<>(600);

    private RouteMetrics(String route) {
      this.route = route;
      this.duration = durations.labelValues(route);
    }

    public String route() {
      return route;
    }

    public void answered(int status, long nanos) {
      duration.observe(nanos * NANOS);
      int index = status >= 100 && status < 600 ? status : 0;
      CounterDataPoint counter = byStatus.get(index);
      if (counter == null) {
        counter = requests.labelValues(route, Integer.toString(index));
        byStatus.set(index, counter);
      }

      counter.inc();
    }
  }
}
