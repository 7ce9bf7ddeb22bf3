/** Our own Socket.IO client, a chunk of its own: loaded only where the host's page brings none. */
export { io } from 'socket.io-client';
