package io.paritree.spark.lineage;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/**
 * What receives lineage events by HTTP.
 *
 * @param address where events are posted
 * @param key sent as bearer token; empty for none
 * @param longestWait how long an event may take
 */
public record Collector(URI address, Optional<String> key, Duration longestWait) {

  /**
   * Posts an event and waits until it is accepted.
   *
   * @throws IOException if it is not, or not in time
   */
  public void post(byte[] event) throws IOException, InterruptedException {
    // The oldest version, which all servers speak; nothing is asked twice here.
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(longestWait)
            .build();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .timeout(longestWait)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(event));
    key.ifPresent(token -> request.header("Authorization", "Bearer " + token));
    HttpResponse<Void> response = client.send(request.build(), BodyHandlers.discarding());
    if (response.statusCode() / 100 != 2) {
      throw new IOException("it was answered with status " + response.statusCode());
    }
  }

  /** Says nothing of the key. */
  @Override
  public String toString() {
    return address.toString();
  }
}
