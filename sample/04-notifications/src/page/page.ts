/** Shows what a user is told. Where its instance goes away it goes on with the next one, after the last note that it has. */
export const PAGE = `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>Notes</title>
  <h1>Notes for <span id="user"></span></h1>
  <p>From <span id="instance">nowhere</span></p>
  <ol id="notes"></ol>
  <script>
    const params = new URLSearchParams(location.search);
    const user = params.get('user') ?? 'ann';
    const instances = params.get('instances')?.split(',') ?? [location.origin];
    const element = (id) => document.getElementById(id);
    let last = '0';
    let turn = 0;

    function connect() {
      const instance = instances[turn++ % instances.length];
      const source = new EventSource(instance + '/users/' + user + '/notes?after=' + last);
      source.onopen = () => (element('instance').textContent = instance);
      source.onmessage = ({ lastEventId, data }) => {
        last = lastEventId;
        element('notes').append(Object.assign(document.createElement('li'), { textContent: JSON.parse(data).text }));
      };
      source.onerror = () => {
        source.close();
        element('instance').textContent = 'nowhere';
        setTimeout(connect, 200);
      };
    }

    element('user').textContent = user;
    connect();
  </script>
</html>
`;
