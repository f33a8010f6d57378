package io.paritree.serving.answer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures nanoseconds per answer of {@link JsonBytes} against Jackson's UTF-8 generator, both with
 * names that are encoded beforehand and into a buffer that is reused.
 *
 * <p>Run: {@code scripts/bench http --jmh}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 2,
    jvmArgsAppend = {"-Xms512m", "-Xmx512m"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class JsonBenchmark {
  private static final String VERSION = "parcel-late/12";
  private static final String[] LABELS = {"in time", "late"};

  private static final JsonFactory FACTORY = new JsonFactory();
  private static final SerializableString MODEL_VERSION = new SerializedString("model_version");
  private static final SerializableString RESULTS = new SerializedString("results");
  private static final SerializableString SCORE = new SerializedString("score");
  private static final SerializableString LABEL = new SerializedString("label");

  private static final byte[] START = ascii("{\"model_version\":\"" + VERSION + "\",\"results\":[");
  private static final byte[] FIRST_SCORE = ascii("{\"score\":");
  private static final byte[] NEXT_SCORE = ascii(",{\"score\":");
  private static final byte[] LABEL_KEY = ascii(",\"label\":");

  @Param({"1", "100"})
  int rows;

  private final JsonBytes bytes = new JsonBytes();
  private final ByteArrayOutputStream stream = new ByteArrayOutputStream(1 << 14);
  private float[] scores;

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Makes the scores, and proves that both ways write the same bytes. */
  @Setup
  public void setUp() throws IOException {
    Random random = new Random(1);
    scores = new float[rows];
    for (int row = 0; row < rows; row++) {
      scores[row] = random.nextFloat();
    }

    jackson();
    jsonBytes();
    String expected = stream.toString(StandardCharsets.UTF_8);
    String written = new String(bytes.toByteArray(), StandardCharsets.UTF_8);
    if (!written.equals(expected)) {
      throw new IllegalStateException("Different answers: %s and %s".formatted(written, expected));
    }
  }

  @Benchmark
  public int jsonBytes() {
    bytes.clear();
    bytes.raw(START);
    for (int row = 0; row < rows; row++) {
      bytes.raw(row == 0 ? FIRST_SCORE : NEXT_SCORE).number(scores[row]);
      bytes.raw(LABEL_KEY).string(label(row)).raw('}');
    }

    bytes.raw("]}");
    return bytes.length();
  }

  @Benchmark
  public int jackson() throws IOException {
    stream.reset();
    try (JsonGenerator json = FACTORY.createGenerator(stream)) {
      json.writeStartObject();
      json.writeFieldName(MODEL_VERSION);
      json.writeString(VERSION);
      json.writeFieldName(RESULTS);
      json.writeStartArray();
      for (int row = 0; row < rows; row++) {
        json.writeStartObject();
        json.writeFieldName(SCORE);
        json.writeNumber(scores[row]);
        json.writeFieldName(LABEL);
        json.writeString(label(row));
        json.writeEndObject();
      }

      json.writeEndArray();
      json.writeEndObject();
    }

    return stream.size();
  }

  private String label(int row) {
    return LABELS[scores[row] >= 0.5f ? 1 : 0];
  }
}
