/**
 * What the protocols share about a request: which model it addresses, its query, its body and
 * content types, its rows, how many it may have, and the reasons that it asks for.
 *
 * <p>Uses the models in service. Nothing here depends on a protocol or a route, and of Jetty only
 * its headers are read.
 */
package io.paritree.serving.request;
