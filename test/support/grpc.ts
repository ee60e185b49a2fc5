// A real gRPC server with the health service for a test.

import { Server, ServerCredentials } from '@grpc/grpc-js';
import { HealthImplementation, type ServingStatusMap } from 'grpc-health-check';
import type { Certificate } from './certificate.js';

/** What it serves; a service that it does not know is NOT_FOUND, so that the fourth status of the protocol is never sent. */
export type ServingStatus = 'SERVING' | 'NOT_SERVING' | 'UNKNOWN';

export interface GrpcServer {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  set(service: string, status: ServingStatus): void;
  close(): void;
}

/** Its types leave out SERVICE_UNKNOWN, which it takes. */
const asMap = (statuses: Readonly<Record<string, ServingStatus>>) => ({ ...statuses }) as ServingStatusMap;

/** Starts one on a free port of 127.0.0.1. @param statuses of services by name; without any it has no health service */
export async function startGrpc(
  statuses: Readonly<Record<string, ServingStatus>> | undefined,
  tls?: Pick<Certificate, 'cert' | 'key'>,
): Promise<GrpcServer> {
  const server = new Server();
  const health = statuses && new HealthImplementation(asMap(statuses));
  health?.addToServer(server);
  const credentials = tls
    ? ServerCredentials.createSsl(null, [
        { cert_chain: Buffer.from(tls.cert), private_key: Buffer.from(tls.key) },
      ])
    : ServerCredentials.createInsecure();
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return {
    address: `127.0.0.1:${port}`,
    set: (service, status) => health?.setStatus(service, asMap({ [service]: status })[service] ?? 'UNKNOWN'),
    close: () => server.forceShutdown(),
  };
}
