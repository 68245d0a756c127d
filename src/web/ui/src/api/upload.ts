import { ApiError, readProblem } from './client';
import { askForKey, storedKey } from './key';

/** XMLHttpRequest, because fetch tells nothing of an upload's progress. Resolves to the job's id. */
export async function upload(
  base: string,
  name: string,
  file: File,
  onProgress: (share: number) => void,
): Promise<string> {
  for (;;) {
    const { status, body } = await put(base, name, file, onProgress);
    if (status === 401) {
      await askForKey();
      continue;
    }
    if (status < 200 || status > 299) throw new ApiError(status, await readProblem(status, body));
    return (JSON.parse(body) as { job: string }).job;
  }
}

function put(
  base: string,
  name: string,
  file: File,
  onProgress: (share: number) => void,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const path = `/api/v1/bases/${encodeURIComponent(base)}/uploads/${encodeURIComponent(name)}`;
    request.open('PUT', path);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    const key = storedKey();
    if (key) request.setRequestHeader('Authorization', `Bearer ${key}`);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / Math.max(1, event.total));
    };
    request.onload = () => resolve({ status: request.status, body: request.responseText });
    request.onerror = () => reject(new TypeError('upload'));
    request.send(file);
  });
}
