package io.paritree.serving;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Locale;
import org.slf4j.event.KeyValuePair;

/**
 * Writes each event of the server's own log as a JSON object in a line.
 *
 * <p>Its members have the names that the request log and the job's log have: {@code time} (UTC),
 * {@code level}, {@code message}, {@code logger} and {@code thread}; {@code request_id} if the
 * event belongs to a request; {@code error_type}, {@code error_message} and {@code stack_trace} if
 * it has an exception. Thread-safe.
 */
final class JsonEvents extends EncoderBase<ILoggingEvent> {
  private static final int MILLIS = 3; // digits, also where they are zeros
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(MILLIS).toFormatter(Locale.ROOT);

  @Override
  public byte[] headerBytes() {
    return null;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    return JsonText.line(JsonText.object(json -> write(event, json)));
  }

  @Override
  public byte[] footerBytes() {
    return null;
  }

  private static void write(ILoggingEvent event, JsonGenerator json) throws IOException {
    json.writeStringField("time", TIME.format(event.getInstant()));
    json.writeStringField("level", event.getLevel().toString());
    json.writeStringField("message", event.getFormattedMessage());
    json.writeStringField("logger", event.getLoggerName());
    json.writeStringField("thread", event.getThreadName());
    List<KeyValuePair> others = event.getKeyValuePairs();
    if (others != null) {
      for (KeyValuePair other : others) {
        json.writeStringField(other.key, String.valueOf(other.value));
      }
    }

    IThrowableProxy error = event.getThrowableProxy();
    if (error != null) {
      json.writeStringField("error_type", error.getClassName());
      if (error.getMessage() != null) {
        json.writeStringField("error_message", error.getMessage());
      }

      json.writeStringField("stack_trace", ThrowableProxyUtil.asString(error));
    }
  }
}
